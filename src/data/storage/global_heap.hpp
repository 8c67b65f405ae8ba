#pragma once

#include "core/files/file_descriptor.hpp"
#include "data/hdf5/bytes.hpp"
#include "data/hdf5/hdf5_file.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace lowcal::data {

/// Where a sequence of variable length lies: an object of a collection of the global heap.
struct HeapReference {
    std::uint64_t collection = 0;  ///< its address in the file
    std::uint32_t object = 0;      ///< its index in the collection

    bool operator==(HeapReference const&) const = default;
};

/// The objects of a file's global heap, in which HDF5 keeps what is of variable length (HDF5 File
/// Format Specification, version 3, III.E). HDF5 1.10 trusts the sizes that it finds there, and
/// hands out what lies beyond them; here each is measured against the file first. Only for .cpp
/// files of this folder. One thread.
class GlobalHeap {
public:
    /// `label`: "FILE: data set NAME", for messages. Throws InputError where the file cannot be
    /// opened or has addresses of other than 64 bits.
    GlobalHeap(Hdf5File const& file, std::string const& label);

    /// An object's bytes, valid until the next call. Throws InputError where there is none, or the
    /// collection is damaged or larger than limits::chunk_bytes.
    std::span<std::byte const> read(HeapReference const& reference);

private:
    struct Place {
        std::size_t first;
        std::size_t bytes;
    };

    std::string problem_;
    FileDescriptor file_;
    std::uint64_t base_ = 0;  ///< of addresses, in the file
    std::uint64_t file_bytes_ = 0;
    std::uint64_t collection_ = 0;  ///< the address of the last one read; 0: none
    Bytes bytes_;                   ///< of it
    std::map<std::uint32_t, Place> objects_;

    void load(std::uint64_t collection);
    void list_objects();
    void read_bytes(std::uint64_t address, std::span<std::byte> out) const;
    [[noreturn]] void refuse(std::string const& why) const;
};

}  // namespace lowcal::data
