#include "data/storage/library_storage.hpp"

namespace lowcal::data {
namespace {

class LibraryStorage final : public FloatStorage {
public:
    explicit LibraryStorage(OpenDataSet const& data_set)
        : handle_(data_set.handle.get()), problem_(data_set.problem())
    {
    }

    void read(Box const& box, std::span<float> out) override
    {
        auto const rank = static_cast<int>(box.count.size());
        auto const on_disk = checked(H5Dget_space(handle_), H5Sclose, problem_);
        checked(H5Sselect_hyperslab(on_disk.get(), H5S_SELECT_SET, box.start.data(), nullptr,
                                    box.count.data(), nullptr),
                problem_);
        auto const in_memory =
            checked(H5Screate_simple(rank, box.count.data(), nullptr), H5Sclose, problem_);
        checked(H5Dread(handle_, H5T_NATIVE_FLOAT, in_memory.get(), on_disk.get(), H5P_DEFAULT,
                        out.data()),
                problem_);
    }

private:
    hid_t handle_;  ///< not ours
    std::string problem_;
};

}  // namespace

std::unique_ptr<FloatStorage> make_library_storage(OpenDataSet const& data_set)
{
    return std::make_unique<LibraryStorage>(data_set);
}

}  // namespace lowcal::data
