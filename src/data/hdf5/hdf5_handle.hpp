#pragma once

#include "core/error.hpp"

#include <hdf5.h>

#include <string>
#include <string_view>

namespace lowcal::data {

/// Owns one HDF5 identifier and closes it. Only for .cpp files of this folder.
class Hdf5Handle {
public:
    using Close = herr_t (*)(hid_t);

    Hdf5Handle() = default;
    Hdf5Handle(hid_t id, Close closing_call) : id_(id), close_(closing_call) {}
    ~Hdf5Handle() { release(); }
    Hdf5Handle(Hdf5Handle&& other) noexcept;
    Hdf5Handle& operator=(Hdf5Handle&& other) noexcept;
    Hdf5Handle(Hdf5Handle const&) = delete;
    Hdf5Handle& operator=(Hdf5Handle const&) = delete;

    hid_t get() const { return id_; }
    /// Closes now. Data may be written to disk here: throws InputError("`problem` (HDF5's
    /// reason)").
    void close(std::string_view problem);

private:
    void release() noexcept;

    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// Stops HDF5 from printing its error stack; the stack belongs to one thread, so every thread that
/// opens or makes a file calls this first.
void silence_hdf5();

/// "1.10.8"
std::string hdf5_version();

/// The first message on HDF5's error stack, where the failure began. Empties the stack.
std::string hdf5_reason();

/// Result of an HDF5 call; throws InputError("`problem` (HDF5's reason)") where it failed.
template <class Result>
Result checked(Result result, std::string_view problem)
{
    if (result < 0) throw InputError(problem, hdf5_reason());
    return result;
}

/// As above, and owns the identifier.
inline Hdf5Handle checked(hid_t id, Hdf5Handle::Close close, std::string_view problem)
{
    return {checked(id, problem), close};
}

}  // namespace lowcal::data
