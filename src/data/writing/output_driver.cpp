#include "data/writing/output_driver.hpp"

#include "data/hdf5/hdf5_handle.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>
#if __has_include(<H5FDdevelop.h>)  // HDF5 1.14 declares drivers here, 1.10 in hdf5.h
#include <H5FDdevelop.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

namespace lowcal::data {
namespace {

/// Goes through HDF5's property list, which copies it byte by byte.
struct DriverInfo {
    OutputStatus* status;
    int descriptor;
};

struct OutputFile {
    H5FD_t head;  ///< HDF5's own part, first
    int descriptor;
    haddr_t end_of_addresses;
    haddr_t end_of_file;
    OutputStatus* status;
};

OutputFile& mine(H5FD_t* file)
{
    return *reinterpret_cast<OutputFile*>(file);
}
OutputFile const& mine(H5FD_t const* file)
{
    return *reinterpret_cast<OutputFile const*>(file);
}

H5FD_t* open_output(char const*, unsigned, hid_t access, haddr_t)
{
    auto const* info = static_cast<DriverInfo const*>(H5Pget_driver_info(access));
    if (info == nullptr) return nullptr;
    int const descriptor = ::fcntl(info->descriptor, F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) {
        info->status->first_error = errno;
        return nullptr;
    }
    return &(new OutputFile{{}, descriptor, 0, 0, info->status})->head;
}

herr_t close_output(H5FD_t* file)
{
    std::unique_ptr<OutputFile> const output(&mine(file));
    if (::close(output->descriptor) != 0 && output->status->first_error == 0)
        output->status->first_error = errno;
    return 0;
}

herr_t query_output(H5FD_t const*, unsigned long* flags)
{
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

haddr_t end_of_addresses(H5FD_t const* file, H5FD_mem_t)
{
    return mine(file).end_of_addresses;
}
haddr_t end_of_file(H5FD_t const* file, H5FD_mem_t)
{
    return mine(file).end_of_file;
}

herr_t set_end_of_addresses(H5FD_t* file, H5FD_mem_t, haddr_t address)
{
    mine(file).end_of_addresses = address;
    return 0;
}

/// HDF5 reads back what it has written; bytes that never were read as zeros.
herr_t read_output(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, void* buffer)
{
    auto* bytes = static_cast<char*>(buffer);
    while (size > 0) {
        auto const got = ::pread(mine(file).descriptor, bytes, size, static_cast<off_t>(address));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            std::memset(bytes, 0, size);
            return 0;
        }
        auto const done = static_cast<std::size_t>(got);
        bytes += done;
        size -= done;
        address += done;
    }
    return 0;
}

herr_t write_output(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size,
                    void const* buffer)
{
    auto& output = mine(file);
    output.end_of_file = std::max(output.end_of_file, address + size);
    auto const* bytes = static_cast<char const*>(buffer);
    while (size > 0 && output.status->first_error == 0) {
        auto const put = ::pwrite(output.descriptor, bytes, size, static_cast<off_t>(address));
        if (put < 0) {
            if (errno != EINTR) output.status->first_error = errno;
            continue;
        }
        auto const done = static_cast<std::size_t>(put);
        bytes += done;
        size -= done;
        address += done;
    }
    return 0;
}

/// Makes the file as long as its addresses say.
herr_t truncate_output(H5FD_t* file, hid_t, hbool_t)
{
    auto& output = mine(file);
    if (output.end_of_addresses == output.end_of_file) return 0;
    output.end_of_file = output.end_of_addresses;
    if (output.status->first_error == 0 &&
        ::ftruncate(output.descriptor, static_cast<off_t>(output.end_of_addresses)) != 0)
        output.status->first_error = errno;
    return 0;
}

/// HDF5 1.14 wants a version and a number for the driver, 1.10 has no fields for them.
template <class DriverClass>
void set_identity(DriverClass& driver)
{
    if constexpr (requires { driver.version; }) {
        constexpr auto number_for_private_drivers = 300;
        driver.version = 1;
        driver.value = number_for_private_drivers;
    }
}

H5FD_class_t make_driver()
{
    H5FD_class_t driver{};
    set_identity(driver);
    driver.name = "lowcal_output";
    driver.maxaddr = static_cast<haddr_t>(std::numeric_limits<off_t>::max());
    driver.fc_degree = H5F_CLOSE_WEAK;
    driver.fapl_size = sizeof(DriverInfo);
    driver.open = open_output;
    driver.close = close_output;
    driver.query = query_output;
    driver.get_eoa = end_of_addresses;
    driver.set_eoa = set_end_of_addresses;
    driver.get_eof = end_of_file;
    driver.read = read_output;
    driver.write = write_output;
    driver.truncate = truncate_output;
    H5FD_mem_t const free_lists[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
    std::copy(std::begin(free_lists), std::end(free_lists), std::begin(driver.fl_map));
    return driver;
}

}  // namespace

void use_output_driver(hid_t access, OutputStatus& status, int descriptor)
{
    static H5FD_class_t const driver = make_driver();
    static hid_t const registered = checked(H5FDregister(&driver), "cannot register a file driver");
    DriverInfo const info{&status, descriptor};
    checked(H5Pset_driver(access, registered, &info), "cannot choose a file driver");
}

Hdf5Handle create_output_file(TemporaryFile const& temporary, std::filesystem::path const& path,
                              OutputStatus& status)
{
    silence_hdf5();
    std::string const problem = "cannot write " + path.string();
    auto const access = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, problem);
    use_output_driver(access.get(), status, temporary.descriptor());
    checked(H5Pset_file_locking(access.get(), false, true), problem);
    auto const file = H5Fcreate(temporary.path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get());
    if (file < 0 && status.first_error != 0)
        throw InputError(problem, std::strerror(status.first_error));
    return {checked(file, problem), H5Fclose};
}

}  // namespace lowcal::data
