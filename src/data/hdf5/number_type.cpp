#include "data/hdf5/number_type.hpp"

#include <algorithm>

namespace lowcal::data {
namespace {

H5T_class_t class_of(NumberKind kind)
{
    if (kind == NumberKind::floating) return H5T_FLOAT;
    return kind == NumberKind::whole ? H5T_INTEGER : H5T_VLEN;
}

std::string expected(NumberKind kind)
{
    if (kind == NumberKind::floating) return "floating-point numbers";
    return kind == NumberKind::whole ? "integers" : "sequences of floating-point numbers";
}

std::string mismatch(H5T_class_t found, NumberKind kind)
{
    if (found == H5T_INTEGER) return "it holds integers, not " + expected(kind);
    if (found == H5T_STRING) return "it holds strings, not " + expected(kind);
    return "it does not hold " + expected(kind);
}

}  // namespace

NumberType::NumberType(hid_t data_set, std::string const& label, NumberKind kind)
    : NumberType(checked(H5Dget_type(data_set), H5Tclose, "cannot read " + label),
                 "cannot read " + label, kind)
{
}

NumberType::NumberType(Hdf5Handle type, std::string problem, NumberKind kind)
    : kind_(kind), type_(std::move(type)), problem_(std::move(problem))
{
    constexpr std::size_t most_bytes = 16;
    auto const type_class = H5Tget_class(type_.get());
    // Whole energies are numbers as good as others; HDF5 converts them.
    bool const whole = kind == NumberKind::floating && type_class == H5T_INTEGER;
    if (type_class != class_of(kind) && !whole)
        throw InputError(problem_, mismatch(type_class, kind));
    if (kind == NumberKind::sequence) {
        numbers_of_sequence();
        bytes_ = sizeof(float);
        is_native_ = true;
        return;
    }
    bytes_ = H5Tget_size(type_.get());
    if (bytes_ == 0 || bytes_ > most_bytes)
        throw InputError(problem_, "its numbers are of " + std::to_string(bytes_) + " bytes each");
    is_native_ = checked(H5Tequal(type_.get(), H5T_NATIVE_FLOAT), problem_) > 0;
}

bool NumberType::fits_float32() const
{
    constexpr std::size_t whole_bytes = 2;  // its mantissa has 24 bits
    bool const whole = H5Tget_class(type_.get()) == H5T_INTEGER;
    return bytes_ <= (whole ? whole_bytes : sizeof(float));
}

NumberType NumberType::numbers_of_sequence() const
{
    return {checked(H5Tget_super(type_.get()), H5Tclose, problem_), problem_, NumberKind::floating};
}

std::span<float> NumberType::to_float(Bytes& raw) const
{
    auto const count = raw.size() / bytes_;
    if (!is_native_) {
        raw.resize(count * std::max(bytes_, sizeof(float)));
        checked(H5Tconvert(type_.get(), H5T_NATIVE_FLOAT, count, raw.data(), nullptr, H5P_DEFAULT),
                problem_);
    }
    return {reinterpret_cast<float*>(raw.data()), count};
}

}  // namespace lowcal::data
