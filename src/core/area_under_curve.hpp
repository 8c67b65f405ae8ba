#pragma once

#include <span>

namespace lowcal {

/// Area under the receiver operating characteristic, and its standard error.
struct AreaUnderCurve {
    double area = 0;
    double error = 0;
};

/// The probability that a candidate scores higher than a reference shower, ties counting half (Mann
/// and Whitney). The error is DeLong's, without any assumption on the scores: DeLong, DeLong and
/// Clarke-Pearson, Biometrics 44 (1988) 837. NaN where a sample holds no score; so is the error
/// where one holds fewer than two.
AreaUnderCurve area_under_curve(std::span<float const> reference, std::span<float const> candidate);

}  // namespace lowcal
