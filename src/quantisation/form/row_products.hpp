#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::quantisation {

/// Sum over rows x of x x^T.
class RowProducts {
public:
    explicit RowProducts(std::size_t size);

    /// Where the next row is to be written, [size] zeros; `add` takes it in.
    std::span<double> next();
    void add();

    /// Upper triangle, [size][size] row by row; begins anew.
    std::vector<double> take();

private:
    static constexpr std::size_t most_rows = 64;  ///< of which products are formed at once

    std::size_t size_;
    std::vector<double> products_;
    std::vector<double> rows_;  ///< [row][size], of which the first
    std::size_t held_ = 0;      ///< are not yet in the sum

    void flush();
};

/// The upper triangular R with R^T R = `matrix`, which is symmetric and positive definite, [n][n];
/// its lower triangle is not read.
std::vector<double> upper_factor(std::vector<double> matrix, std::size_t n);
/// x with R^T R x = y.
std::vector<double> solve(std::vector<double> const& factor, std::vector<double> y);

}  // namespace lowcal::quantisation
