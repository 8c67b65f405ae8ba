#include "data/storage/sparse_deflate.hpp"

#include "core/random.hpp"
#include "data/shower_files.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>
#include <zlib.h>

namespace lowcal::data {
namespace {

std::vector<std::uint8_t> shuffled(std::vector<float> const& values)
{
    std::vector<std::uint8_t> plain(values.size() * sizeof(float));
    if (!plain.empty()) std::memcpy(plain.data(), values.data(), plain.size());
    std::vector<std::uint8_t> planes(plain.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t byte = 0; byte < sizeof(float); ++byte)
            planes[byte * values.size() + i] = plain[i * sizeof(float) + byte];
    return planes;
}

/// zlib checks the stream and its check sum.
::testing::AssertionResult zlib_unpacks(std::vector<float> const& values)
{
    SparseDeflate pack;
    auto const packed = pack(values);
    auto const wanted = shuffled(values);
    std::vector<std::uint8_t> unpacked(wanted.size() + 1);
    auto size = static_cast<uLongf>(unpacked.size());
    auto const result = uncompress(unpacked.data(), &size, packed.data(), packed.size());
    if (result != Z_OK) return ::testing::AssertionFailure() << "zlib's answer is " << result;
    unpacked.resize(size);
    if (unpacked != wanted) return ::testing::AssertionFailure() << "other bytes came out";
    return ::testing::AssertionSuccess();
}

TEST(SparseDeflate, zlib_unpacks_showers)
{
    EXPECT_TRUE(zlib_unpacks(make_showers(16).cells));
}

TEST(SparseDeflate, zlib_unpacks_runs_of_zeros_of_every_length)
{
    for (std::size_t gap = 0; gap < 800; ++gap) {
        std::vector<float> values(gap, 0.0F);
        values.push_back(1.1F);
        values.insert(values.end(), gap, 0.0F);
        ASSERT_TRUE(zlib_unpacks(values)) << "gap " << gap;
    }
}

TEST(SparseDeflate, zlib_unpacks_what_has_no_or_one_value)
{
    EXPECT_TRUE(zlib_unpacks({}));
    EXPECT_TRUE(zlib_unpacks({0.0F}));
    EXPECT_TRUE(zlib_unpacks({1.0F}));
    EXPECT_TRUE(zlib_unpacks(std::vector<float>(250'000, 0.0F)));
    EXPECT_TRUE(zlib_unpacks(std::vector<float>(100'000, 0.3F)));
    EXPECT_TRUE(zlib_unpacks({-0.0F, 0.0F, -0.0F}));
}

TEST(SparseDeflate, earlier_calls_leave_no_trace)
{
    auto const showers = make_showers(3);
    SparseDeflate pack;
    auto const copy = [](std::span<std::uint8_t const> bytes) {
        return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
    };
    auto const first = copy(pack(showers.shower(0)));
    auto const second = copy(pack(showers.shower(1)));
    EXPECT_NE(first, second);
    EXPECT_EQ(copy(pack(showers.shower(0))), first);
    EXPECT_EQ(copy(SparseDeflate{}(showers.shower(1))), second);
}

TEST(SparseDeflate, zlib_unpacks_dense_numbers)
{
    std::vector<float> values(200'000);
    ItemRandom({.seed = 3}, 0).normal(values);
    EXPECT_TRUE(zlib_unpacks(values));
}

TEST(SparseDeflate, zlib_unpacks_symbols_so_uneven_that_codes_would_be_too_long)
{
    // Byte b occurs as often as the b-th Fibonacci number: Huffman's tree is a chain of 24 levels.
    std::vector<float> values;
    std::size_t now = 1, next = 1;
    for (std::uint32_t byte = 1; byte < 25; ++byte) {
        float value;
        std::memcpy(&value, &byte, sizeof value);
        values.insert(values.end(), now, value);
        now = std::exchange(next, now + next);
    }
    EXPECT_TRUE(zlib_unpacks(values));
}

TEST(SparseDeflate, showers_become_smaller_than_by_zlib_of_level_1)
{
    auto const showers = make_showers(16);
    auto const planes = shuffled(showers.cells);
    std::vector<std::uint8_t> packed(planes.size() + 1000);
    auto size = static_cast<uLongf>(packed.size());
    ASSERT_EQ(compress2(packed.data(), &size, planes.data(), planes.size(), 1), Z_OK);
    EXPECT_LT(SparseDeflate{}(showers.cells).size(), size);
}

}  // namespace
}  // namespace lowcal::data
