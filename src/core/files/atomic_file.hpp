#pragma once

#include "core/files/file_descriptor.hpp"
#include "core/processes/signal_cleanup.hpp"

#include <filesystem>
#include <memory>
#include <string_view>

namespace lowcal {

/// Where an output given as `path` is written: the path itself, or the end of the links that it
/// names, whether that exists or not. Throws InputError where the links turn in a circle, where
/// somebody else put one into a folder that all may write to, and where what is there is no regular
/// file: a device, a folder or a pipe never gives way to an output.
std::filesystem::path output_place(std::filesystem::path const& path);

/// A file that is made beside its final place and gets its name when it is whole.
///
/// Every file that the project writes is made so. It stands in the same folder, so that the rename
/// is atomic, under a name that nobody can guess and that nobody else has. Writers of one output at
/// a time do not meet: each leaves a whole file, and the last one stays. What a killed writer left
/// is removed by the next writer of the same output (core/files/abandoned_parts.hpp). One thread.
class TemporaryFile {
public:
    /// Makes the empty file. Throws InputError where that cannot be, and as `output_place`.
    explicit TemporaryFile(std::filesystem::path const& final_path);
    /// Removes the file if it was not committed.
    ~TemporaryFile();
    TemporaryFile(TemporaryFile const&) = delete;
    TemporaryFile& operator=(TemporaryFile const&) = delete;

    /// For those who write by name; the file must stay the same one.
    std::filesystem::path const& path() const { return path_; }
    /// Open for reading and writing.
    int descriptor() const { return file_.get(); }

    /// Appends. Throws InputError.
    void write(std::string_view content);
    /// Flushes the file to disk, gives it its name, closes it and flushes the folder: after a power
    /// cut the name holds either the old content or the whole new one. Throws InputError.
    void commit();

private:
    std::filesystem::path given_;  ///< for messages
    std::filesystem::path final_path_;
    std::filesystem::path path_;
    FileDescriptor file_;
    std::unique_ptr<RemovedOnSignal> guard_;
    bool committed_ = false;
};

/// Flushes a whole file to disk and renames it, then flushes the folder. Throws InputError, also
/// where `final_path` is a folder or a device, which the rename would replace.
void commit_file(std::filesystem::path const& file, std::filesystem::path const& final_path);

/// Writes `content` so that `path` is complete or untouched. Throws InputError.
void write_file_atomically(std::filesystem::path const& path, std::string_view content);

}  // namespace lowcal
