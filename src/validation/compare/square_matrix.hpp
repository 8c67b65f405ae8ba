#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::validation {

/// A matrix of doubles with as many rows as columns, at first zero.
class SquareMatrix {
public:
    SquareMatrix() = default;
    explicit SquareMatrix(std::size_t size) : size_(size), values_(size * size) {}

    std::size_t size() const { return size_; }
    std::span<double> operator[](std::size_t row)
    {
        return std::span(values_).subspan(row * size_, size_);
    }
    std::span<double const> operator[](std::size_t row) const
    {
        return std::span(values_).subspan(row * size_, size_);
    }

private:
    std::size_t size_ = 0;
    std::vector<double> values_;
};

}  // namespace lowcal::validation
