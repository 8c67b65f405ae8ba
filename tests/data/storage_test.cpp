/// Numbers come out as they were written, however they are stored; what was never written, or is
/// not as long as its shape, is an error.

#include "data/reading/shower_reader.hpp"
#include "data/shower_files.hpp"
#include "data/stored_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <zlib.h>

namespace lowcal::data {
namespace {

using Path = std::filesystem::path;

StoredFile::Creation chunks_of(StoredFile::Shape const& chunk, StoredFile::Creation const& more)
{
    return [=](hid_t list) {
        checked(H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data()), "test: chunk");
        more(list);
    };
}

void plain(hid_t) {}
void packed(hid_t list)
{
    H5Pset_shuffle(list);
    H5Pset_deflate(list, 1);
}
void summed(hid_t list)
{
    packed(list);
    H5Pset_fletcher32(list);
}

/// By filters that only HDF5 knows.
void in_few_bits(hid_t list)
{
    H5Pset_nbit(list);
}
void by_entropy(hid_t list)
{
    H5Pset_szip(list, H5_SZIP_NN_OPTION_MASK, 16);
}
/// But for chunks that go beyond the shape.
void packed_inside(hid_t list)
{
    packed(list);
    H5Pset_chunk_opts(list, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
}
void by_entropy_inside(hid_t list)
{
    by_entropy(list);
    H5Pset_chunk_opts(list, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
}

/// Reads block by block as commands do, in blocks of a size of their own.
std::vector<float> cells_of(Path const& path, std::size_t block)
{
    ShowerReader reader(path);
    std::vector<float> cells;
    for (std::size_t first = 0; first < reader.count(); first += block) {
        auto const part = reader.read(first, block);
        cells.insert(cells.end(), part.cells.begin(), part.cells.end());
    }
    return cells;
}

TEST(Storage, chunks_of_any_shape_and_filter_hold_the_same_numbers_for_blocks_of_any_size)
{
    TemporaryFolder const folder;
    constexpr hsize_t showers = 11;
    auto const cells = numbered_cells(showers);
    for (auto const& chunk : std::vector<StoredFile::Shape>{{1, 25, 25, 25},
                                                            {4, 25, 25, 25},
                                                            {11, 25, 25, 25},
                                                            {3, 7, 25, 25},
                                                            {5, 25, 10, 25},
                                                            {2, 9, 4, 13}})
        for (auto const& filters : {&plain, &packed, &summed, &in_few_bits, &by_entropy,
                                    &packed_inside, &by_entropy_inside}) {
            {
                StoredFile file(folder / "a.h5");
                file.write("ECAL", {showers, 25, 25, 25}, cells, chunks_of(chunk, filters));
                file.write_target(showers);
            }
            for (std::size_t const block : {1UL, 3UL, 4UL, 100UL})
                EXPECT_EQ(cells_of(folder / "a.h5", block), cells) << chunk[0] << " " << block;
        }
}

TEST(Storage, numbers_of_other_types_are_converted)
{
    TemporaryFolder const folder;
    auto const cells = numbered_cells(3);
    for (hid_t const type : {H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE})
        for (auto const& filters : {&plain, &packed, &summed}) {
            {
                StoredFile file(folder / "a.h5");
                file.write("ECAL", {3, 25, 25, 25}, cells, chunks_of({2, 25, 25, 25}, filters),
                           type);
                file.write_target(3);
            }
            EXPECT_EQ(cells_of(folder / "a.h5", 2), cells);
        }
    {
        StoredFile file(folder / "a.h5");
        file.write("ECAL", {3, 25, 25, 25}, cells, plain, H5T_IEEE_F64BE);  // contiguous
        file.write_target(3);
    }
    EXPECT_EQ(cells_of(folder / "a.h5", 2), cells);
}

/// float16 in the byte order of `like`, a float32.
Hdf5Handle half_like(hid_t like)
{
    auto type = checked(H5Tcopy(like), H5Tclose, "test: type");
    checked(H5Tset_fields(type.get(), 15, 10, 5, 0, 10), "test: fields");
    checked(H5Tset_size(type.get(), 2), "test: size");
    checked(H5Tset_ebias(type.get(), 15), "test: bias");
    return type;
}

TEST(Storage, numbers_of_16_bits_are_read)
{
    TemporaryFolder const folder;
    std::vector<float> cells(3 * 15625);
    for (std::size_t i = 0; i < cells.size(); ++i)
        cells[i] = static_cast<float>(i % 2048) / 64.0F;  // eleven bits
    for (hid_t const order : {H5T_IEEE_F32LE, H5T_IEEE_F32BE})
        for (auto const& filters : {&plain, &packed, &summed, &in_few_bits, &by_entropy}) {
            {
                StoredFile file(folder / "a.h5");
                file.write("ECAL", {3, 25, 25, 25}, cells, chunks_of({2, 25, 25, 25}, filters),
                           half_like(order).get());
                file.write_target(3);
            }
            EXPECT_EQ(cells_of(folder / "a.h5", 2), cells);
        }
}

/// Keeps three decimals.
void in_scaled_offsets(hid_t list)
{
    H5Pset_scaleoffset(list, H5Z_SO_FLOAT_DSCALE, 3);
}

TEST(Storage, scaled_offsets_are_read_as_hdf5_reads_them)
{
    TemporaryFolder const folder;
    for (hid_t const type : {H5T_IEEE_F32LE, H5T_IEEE_F64LE}) {
        {
            StoredFile file(folder / "a.h5");
            file.write("ECAL", {3, 25, 25, 25}, numbered_cells(3),
                       chunks_of({2, 25, 25, 25}, in_scaled_offsets), type);
            file.write_target(3);
        }
        auto const cells = cells_of(folder / "a.h5", 2);
        EXPECT_EQ(cells, read_numbers(folder / "a.h5", "ECAL"));
        EXPECT_NEAR(cells[1000], numbered_cells(3)[1000], 1e-3);
    }
}

TEST(Storage, numbers_in_the_header_are_read)
{
    TemporaryFolder const folder;
    {
        StoredFile file(folder / "a.h5");
        file.write("ECAL", {2, 25, 25, 25}, numbered_cells(2), plain);
        file.write("target", {2, 2}, {11, 100, 11, 50},
                   [](hid_t list) { H5Pset_layout(list, H5D_COMPACT); });
    }
    EXPECT_EQ(ShowerReader(folder / "a.h5").read_primary_energies(), (std::vector{100.0F, 50.0F}));
}

/// A file of 4 showers in chunks of one, of which a few are written by `write`.
template <class Write>
std::string error_with_chunks(StoredFile::Creation const& filters, Write&& write)
{
    TemporaryFolder const folder;
    {
        StoredFile file(folder / "a.h5");
        auto const cells = file.make("ECAL", {4, 25, 25, 25}, chunks_of({1, 25, 25, 25}, filters));
        write(cells.get());
        file.write_target(4);
    }
    return error_of([&] { read_all_showers(folder / "a.h5"); });
}

void write_chunk(hid_t data_set, hsize_t shower, std::string const& bytes)
{
    hsize_t const start[] = {shower, 0, 0, 0};
    checked(H5Dwrite_chunk(data_set, H5P_DEFAULT, 0, start, bytes.size(), bytes.data()),
            "test: chunk");
}

std::string deflated(std::string const& bytes)
{
    std::string result(compressBound(bytes.size()), '\0');
    auto size = static_cast<uLongf>(result.size());
    compress(reinterpret_cast<Bytef*>(result.data()), &size,
             reinterpret_cast<Bytef const*>(bytes.data()), bytes.size());
    return result.substr(0, size);
}

constexpr std::size_t shower_bytes = 15625 * sizeof(float);

TEST(Storage, showers_that_were_never_written_are_an_error_that_names_them)
{
    auto const error = error_with_chunks(plain, [](hid_t cells) {
        for (hsize_t const shower : {0ULL, 1ULL, 3ULL})
            write_chunk(cells, shower, std::string(shower_bytes, '\0'));
    });
    EXPECT_TRUE(mentions(error, {"ECAL", "showers 2 to 2", "never written"}));
    TemporaryFolder const folder;
    {
        StoredFile file(folder / "a.h5");
        file.make("ECAL", {4, 25, 25, 25}, plain);  // contiguous
        file.write_target(4);
    }
    EXPECT_TRUE(mentions(error_of([&] { read_all_showers(folder / "a.h5"); }),
                         {"ECAL", "showers 0 to 3", "never written"}));
}

TEST(Storage, chunks_of_zeros_that_were_written_are_empty_showers)
{
    TemporaryFolder const folder;
    for (auto const& filters : {&plain, &packed}) {
        {
            StoredFile file(folder / "a.h5");
            file.write("ECAL", {4, 25, 25, 25}, std::vector<float>(4 * 15625),
                       chunks_of({2, 25, 25, 25}, filters));
            file.write_target(4);
        }
        EXPECT_EQ(read_all_showers(folder / "a.h5").cells, std::vector<float>(4 * 15625));
    }
}

TEST(Storage, a_chunk_that_unpacks_to_less_than_its_shape_is_an_error)
{
    auto const error =
        error_with_chunks([](hid_t list) { H5Pset_deflate(list, 1); },
                          [](hid_t cells) {
                              for (hsize_t shower = 0; shower < 4; ++shower)
                                  write_chunk(cells, shower, deflated(std::string(100, '\0')));
                          });
    EXPECT_TRUE(mentions(error, {"ECAL", "100 bytes in place of 62500"}));
}

TEST(Storage, a_chunk_that_unpacks_to_more_than_its_shape_is_an_error)
{
    auto const error = error_with_chunks(
        [](hid_t list) { H5Pset_deflate(list, 1); },
        [](hid_t cells) {
            for (hsize_t shower = 0; shower < 4; ++shower)
                write_chunk(cells, shower, deflated(std::string(std::size_t{1} << 20U, '\0')));
        });
    EXPECT_TRUE(mentions(error, {"ECAL", "more than the 62500 bytes"}));
}

/// The stored bytes of the first chunk of `numbers` zeros that pass through szip.
std::string entropy_coded(hsize_t numbers)
{
    TemporaryFolder const folder;
    StoredFile file(folder / "a.h5");
    file.write("all", {numbers}, std::vector<float>(numbers), chunks_of({numbers}, by_entropy));
    checked(H5Fflush(file.get(), H5F_SCOPE_LOCAL), "test: flush");
    Hdf5Handle const set(checked(H5Dopen2(file.get(), "all", H5P_DEFAULT), "test: open"), H5Dclose);
    hsize_t const start[] = {0};
    hsize_t size = 0;
    checked(H5Dget_chunk_storage_size(set.get(), start, &size), "test: size");
    std::string bytes(size, '\0');
    std::uint32_t skipped = 0;
    checked(H5Dread_chunk(set.get(), H5P_DEFAULT, start, &skipped, bytes.data()), "test: chunk");
    return bytes;
}

TEST(Storage, a_chunk_that_a_filter_of_hdf5_unpacks_to_less_than_its_shape_is_an_error)
{
    auto const error = error_with_chunks(by_entropy, [](hid_t cells) {
        for (hsize_t shower = 0; shower < 4; ++shower)
            write_chunk(cells, shower, entropy_coded(800));
    });
    EXPECT_TRUE(mentions(error, {"ECAL", "3200 bytes in place of the 62500"}));
}

TEST(Storage, chunks_that_skipped_a_filter_of_hdf5_are_read)
{
    TemporaryFolder const folder;
    auto const cells = numbered_cells(3);
    std::string const plain_bytes(reinterpret_cast<char const*>(&cells[15625]), 62500);
    {
        StoredFile file(folder / "a.h5");
        file.write("ECAL", {3, 25, 25, 25}, cells, chunks_of({1, 25, 25, 25}, by_entropy));
        file.write_target(3);
        Hdf5Handle const set(checked(H5Dopen2(file.get(), "ECAL", H5P_DEFAULT), "test: open"),
                             H5Dclose);
        hsize_t const start[] = {1, 0, 0, 0};  // as HDF5 does where a filter gains nothing
        checked(H5Dwrite_chunk(set.get(), H5P_DEFAULT, 1, start, plain_bytes.size(),
                               plain_bytes.data()),
                "test: chunk");
    }
    EXPECT_EQ(read_all_showers(folder / "a.h5").cells, cells);
}

TEST(Storage, a_wrong_checksum_is_an_error)
{
    TemporaryFolder const folder;
    {
        StoredFile file(folder / "a.h5");
        file.write("ECAL", {1, 25, 25, 25}, numbered_cells(1),
                   chunks_of({1, 25, 25, 25}, [](hid_t list) { H5Pset_fletcher32(list); }));
        file.write_target(1);
    }
    EXPECT_EQ(read_all_showers(folder / "a.h5").cells, numbered_cells(1));
    auto const wanted = numbered_cells(1)[7000];
    std::fstream file(folder / "a.h5", std::ios::in | std::ios::out | std::ios::binary);
    std::string const content{std::istreambuf_iterator<char>(file), {}};
    auto const at = content.find(std::string(reinterpret_cast<char const*>(&wanted), 4));
    ASSERT_NE(at, std::string::npos);
    file.clear();
    file.seekp(static_cast<std::streamoff>(at));
    file << '\x01';
    file.close();
    EXPECT_TRUE(
        mentions(error_of([&] { read_all_showers(folder / "a.h5"); }), {"ECAL", "checksum"}));
}

}  // namespace
}  // namespace lowcal::data
