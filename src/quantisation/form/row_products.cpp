#include "quantisation/form/row_products.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::quantisation {

RowProducts::RowProducts(std::size_t size)
    : size_(size), products_(size * size), rows_(most_rows * size, 0.0)
{
}

std::span<double> RowProducts::next()
{
    return std::span(rows_).subspan(held_ * size_, size_);
}

void RowProducts::add()
{
    if (++held_ == most_rows) flush();
}

std::vector<double> RowProducts::take()
{
    flush();
    return std::exchange(products_, std::vector<double>(size_ * size_));
}

void RowProducts::flush()
{
    for (std::size_t i = 0; i < size_; ++i) {
        auto* const products = products_.data() + i * size_;
        for (std::size_t row = 0; row < held_; ++row) {
            auto const* const numbers = rows_.data() + row * size_;
            double const number = numbers[i];
            if (number == 0.0) continue;
            for (std::size_t j = i; j < size_; ++j) products[j] += number * numbers[j];
        }
    }
    std::fill_n(rows_.begin(), held_ * size_, 0.0);
    held_ = 0;
}

std::vector<double> upper_factor(std::vector<double> matrix, std::size_t n)
{
    for (std::size_t i = 0; i < n; ++i) {
        auto* const row = matrix.data() + i * n;
        std::fill(row, row + i, 0.0);
        double const diagonal = std::sqrt(std::max(row[i], 1e-300));
        for (std::size_t j = i; j < n; ++j) row[j] /= diagonal;
        for (std::size_t k = i + 1; k < n; ++k) {
            auto* const below = matrix.data() + k * n;
            for (std::size_t j = k; j < n; ++j) below[j] -= row[k] * row[j];
        }
    }
    return matrix;
}

std::vector<double> solve(std::vector<double> const& factor, std::vector<double> y)
{
    auto const n = y.size();
    for (std::size_t i = 0; i < n; ++i) {
        auto const* const row = factor.data() + i * n;
        y[i] /= row[i];
        for (std::size_t j = i + 1; j < n; ++j) y[j] -= row[j] * y[i];
    }
    for (std::size_t i = n; i-- > 0;) {
        auto const* const row = factor.data() + i * n;
        for (std::size_t j = i + 1; j < n; ++j) y[i] -= row[j] * y[j];
        y[i] /= row[i];
    }
    return y;
}

}  // namespace lowcal::quantisation
