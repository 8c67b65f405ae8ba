#include "data/hdf5/hdf5_handle.hpp"

#include <utility>

namespace lowcal::data {
namespace {

/// Keeps the first record that has a text; called from where the failure began outwards.
herr_t keep_first(unsigned, H5E_error2_t const* record, void* client)
{
    auto& reason = *static_cast<std::string*>(client);
    if (reason.empty() && record->desc != nullptr) reason = record->desc;
    return 0;
}

}  // namespace

Hdf5Handle::Hdf5Handle(Hdf5Handle&& other) noexcept
    : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_)
{
}

Hdf5Handle& Hdf5Handle::operator=(Hdf5Handle&& other) noexcept
{
    if (this != &other) {
        release();
        id_ = std::exchange(other.id_, H5I_INVALID_HID);
        close_ = other.close_;
    }
    return *this;
}

void Hdf5Handle::close(std::string_view problem)
{
    if (id_ < 0) return;
    checked(close_(std::exchange(id_, H5I_INVALID_HID)), problem);
}

void Hdf5Handle::release() noexcept
{
    if (id_ >= 0) close_(std::exchange(id_, H5I_INVALID_HID));
}

void silence_hdf5()
{
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string hdf5_version()
{
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

std::string hdf5_reason()
{
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
    H5Eclear2(H5E_DEFAULT);
    return reason.empty() ? "HDF5 gives no reason" : reason;
}

}  // namespace lowcal::data
