#include "core/error.hpp"
#include "core/files/network_file.hpp"
#include "core/listener.hpp"
#include "python/parts.hpp"

#include <exception>
#include <filesystem>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace lowcal::python {
namespace {

namespace nb = nanobind;

/// Python's own warnings; what they are turned into, an error perhaps, is raised by whoever worked.
void warn(RemarkKind kind, std::string const& sentence)
{
    if (kind != RemarkKind::warning) return;
    nb::gil_scoped_acquire const lock;
    if (PyErr_WarnEx(PyExc_UserWarning, sentence.c_str(), 1) != 0) throw nb::python_error();
}

/// `show`: progress goes to standard error, or nowhere.
void show_progress(bool show)
{
    set_listener({.progress = show ? stderr : nullptr, .remark = warn});
}

void add_errors(nb::module_& module)
{
    // The last one that is registered is asked first.
    nb::register_exception_translator([](std::exception_ptr const& error, void*) {
        try {
            std::rethrow_exception(error);
        } catch (std::filesystem::filesystem_error const& failure) {
            PyErr_SetString(PyExc_OSError, failure.what());
        }
    });
    nb::object const input = nb::exception<InputError>(module, "InputError", PyExc_ValueError);
    nb::object const usage = nb::exception<UsageError>(module, "UsageError", input);
    for (auto const& error : {input, usage}) error.attr("__module__") = "lowcal";
}

}  // namespace
}  // namespace lowcal::python

NB_MODULE(_lowcal, module)
{
    using namespace lowcal;
    namespace nb = nanobind;
    module.attr("version") = LOWCAL_VERSION;
    python::add_errors(module);
    python::show_progress(false);
    module.def("show_progress", &python::show_progress, nb::arg("show"));
    module.def("network_folders", &network_folders, nb::arg("installed"));
    module.def("find_network", &find_network, nb::arg("text"), nb::arg("installed"));
    python::add_generator(module);
    python::add_showers(module);
    python::add_workflows(module);
    // Listeners and the module's objects end with the process.
    nb::set_leak_warnings(false);
}
