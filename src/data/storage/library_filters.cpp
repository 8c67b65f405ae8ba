#include "data/storage/library_filters.hpp"

#include <fmt/format.h>

#include <array>

namespace lowcal::data {
namespace {

constexpr H5Z_filter_t measuring_filter = 510;  // of those that HDF5 leaves for trials

/// What the filters of a chunk should make, and did make.
struct Measure {
    std::size_t wanted = 0;
    std::size_t made = 0;
};
thread_local Measure current;

/// Stops HDF5 before it copies what is not there.
std::size_t measure(unsigned, std::size_t, unsigned const[], std::size_t bytes, std::size_t*,
                    void**)
{
    current.made = bytes;
    return bytes == current.wanted ? bytes : 0;
}

Hdf5Handle file_in_memory(std::string const& problem)
{
    H5Z_class2_t const filter{H5Z_CLASS_T_VERS, measuring_filter, 1,       1,
                              "measure",        nullptr,          nullptr, measure};
    checked(H5Zregister(&filter), problem);
    auto const access = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, problem);
    constexpr std::size_t growth = std::size_t{1} << 20U;
    checked(H5Pset_fapl_core(access.get(), growth, false), problem);
    return checked(H5Fcreate("chunk", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose, problem);
}

/// The filters of `from` behind our own, but for those that are skipped: HDF5 1.10 does not
/// remember of a chunk that is written as it is that filters were skipped.
void append_filters(hid_t from, hid_t to, std::uint32_t skipped, std::string const& problem)
{
    checked(H5Pset_filter(to, measuring_filter, H5Z_FLAG_MANDATORY, 0, nullptr), problem);
    int const count = checked(H5Pget_nfilters(from), problem);
    for (int i = 0; i < count; ++i) {
        if ((skipped >> static_cast<unsigned>(i) & 1U) != 0) continue;
        std::array<unsigned, 256> values{};
        auto size = values.size();
        unsigned flags = 0;
        unsigned config = 0;
        auto const id = checked(H5Pget_filter2(from, static_cast<unsigned>(i), &flags, &size,
                                               values.data(), 0, nullptr, &config),
                                problem);
        if (size > values.size()) throw InputError(problem, "a filter of it has too many numbers");
        checked(H5Pset_filter(to, id, flags, size, values.data()), problem);
    }
}

}  // namespace

LibraryFilters::LibraryFilters(OpenDataSet const& data_set, Shape const& chunk)
    : chunk_bytes_(size_of(chunk) * data_set.type.bytes()),
      problem_(data_set.problem()),
      chunk_(chunk),
      creation_(checked(H5Pcopy(data_set.creation.get()), H5Pclose, problem_)),
      type_(checked(H5Dget_type(data_set.handle.get()), H5Tclose, problem_)),
      file_(file_in_memory(problem_)),
      data_set_(set_of_one_chunk(0))
{
}

Hdf5Handle LibraryFilters::set_of_one_chunk(std::uint32_t skipped) const
{
    auto const rank = static_cast<int>(chunk_.size());
    auto const space = checked(H5Screate_simple(rank, chunk_.data(), nullptr), H5Sclose, problem_);
    auto const creation = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, problem_);
    checked(H5Pset_chunk(creation.get(), rank, chunk_.data()), problem_);
    append_filters(creation_.get(), creation.get(), skipped, problem_);
    return checked(
        H5Dcreate_anon(file_.get(), type_.get(), space.get(), creation.get(), H5P_DEFAULT),
        H5Dclose, problem_);
}

void LibraryFilters::decode(Bytes& stored, std::uint32_t skipped)
{
    if (skipped != skipped_) {
        data_set_ = set_of_one_chunk(skipped);
        skipped_ = skipped;
    }
    Shape const start(H5S_MAX_RANK, 0);
    checked(
        H5Dwrite_chunk(data_set_.get(), H5P_DEFAULT, 0, start.data(), stored.size(), stored.data()),
        problem_);
    current = {.wanted = chunk_bytes_, .made = chunk_bytes_};
    stored.resize(chunk_bytes_);
    auto const read =
        H5Dread(data_set_.get(), type_.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, stored.data());
    if (current.made != chunk_bytes_)
        throw InputError(problem_,
                         fmt::format("it unpacks to {} bytes in place of the {} of its shape",
                                     current.made, chunk_bytes_),
                         "the file is damaged");
    checked(read, problem_);
}

}  // namespace lowcal::data
