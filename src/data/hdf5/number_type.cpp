#include "data/hdf5/number_type.hpp"

#include <algorithm>

namespace lowcal::data {

NumberType::NumberType(hid_t data_set, std::string const& label) : problem_("cannot read " + label)
{
    constexpr std::size_t most_bytes = 16;
    type_ = checked(H5Dget_type(data_set), H5Tclose, problem_);
    auto const type_class = H5Tget_class(type_.get());
    if (type_class != H5T_FLOAT)
        throw InputError(problem_,
                         type_class == H5T_INTEGER ? "it holds integers, not floating-point numbers"
                         : type_class == H5T_STRING ? "it holds strings, not floating-point numbers"
                                                    : "it does not hold floating-point numbers");
    bytes_ = H5Tget_size(type_.get());
    if (bytes_ == 0 || bytes_ > most_bytes)
        throw InputError(problem_, "its numbers are of " + std::to_string(bytes_) + " bytes each");
    is_native_ = checked(H5Tequal(type_.get(), H5T_NATIVE_FLOAT), problem_) > 0;
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
