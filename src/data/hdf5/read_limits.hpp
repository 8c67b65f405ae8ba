#pragma once

#include <cstddef>

/// What a shower file can make a reader take, whatever the file claims (docs/file_formats.md).
namespace lowcal::data::limits {

inline constexpr std::size_t mebibyte = std::size_t{1} << 20U;

/// A chunk is unpacked as a whole. Also of the numbers of one shower.
inline constexpr std::size_t chunk_bytes = 256 * mebibyte;
/// Unpacked chunks that are kept for the next block; one is kept whatever its size.
inline constexpr std::size_t kept_chunk_bytes = 128 * mebibyte;
/// Memory of the reading process beyond what the program had when it opened the file.
inline constexpr std::size_t reader_bytes = 1536 * mebibyte;
/// CPU time of the reading process to open a file, which takes milliseconds, and for each block of
/// showers.
inline constexpr unsigned cpu_seconds_to_open = 5;
inline constexpr unsigned cpu_seconds_a_block = 20;
/// Numbers that the reading process hands over at a time.
inline constexpr std::size_t shared_bytes = 16 * mebibyte;
/// Text of one attribute.
inline constexpr std::size_t attribute_bytes = 64 * 1024;
/// Attributes that are looked at.
inline constexpr std::size_t attributes = 1000;
/// Objects in the root group.
inline constexpr std::size_t names = 10000;
/// Indices in a list of dropped showers.
inline constexpr std::size_t dropped_showers = std::size_t{1} << 24U;
/// Files of one virtual data set, or of one with external raw data.
inline constexpr std::size_t sources = 100000;

}  // namespace lowcal::data::limits
