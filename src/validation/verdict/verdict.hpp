#pragma once

#include "validation/verdict/difference_tests.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace lowcal::validation {

/// What can be said of a difference.
enum class Answer {
    same,       ///< no difference, and one that matters would have been seen
    different,  ///< a difference that is not chance
    too_few,    ///< no difference, but one that matters could hide behind the fluctuations
    constant,   ///< the same constant in both samples
};
char const* name_of(Answer answer);

/// How large a difference is in physical terms, and what would matter.
struct Effect {
    std::string what;  ///< for example "mean shift"
    std::string unit;  ///< "%" or the observable's
    double value = std::numeric_limits<double>::quiet_NaN();
    double error = std::numeric_limits<double>::quiet_NaN();  ///< one standard deviation
    double tolerance = 0;  ///< the smallest size that matters to a user of the showers
};

/// The verdict on one subject.
struct SubjectVerdict {
    Subject subject{};
    Answer answer = Answer::too_few;
    TestResult strongest;            ///< of the subject's tests; sigmas 0 where there are none
    std::vector<Effect> effects;     ///< size in physical terms, each with its tolerance
    std::size_t showers_needed = 0;  ///< of each sample, for "too few"; 0 where it is not known
};

/// The verdict on a candidate: subjects by falling significance; where two are within one sigma,
/// its own scatter, or a tenth, in the order of the list of subjects.
struct Verdict {
    Answer answer = Answer::too_few;
    double threshold =
        0;             ///< sigmas above which a difference is not chance, all tests accounted for
    double level = 0;  ///< probability of a false alarm
    std::size_t showers_needed = 0;
    std::vector<SubjectVerdict> subjects;
};

/// Judges a candidate. A subject differs where one of its tests passes the threshold of all tests
/// together. Otherwise it is the same where every effect stays within its tolerance with 99 %
/// confidence (value and 2.33 errors), else there are too few showers: an error falls with the root
/// of their number. The whole differs where a subject does, and is the same where all are.
Verdict judge(PooledSample const& pool, physics::ShowerTable const& reference,
              physics::ShowerTable const& candidate, TestConfig const& config);

}  // namespace lowcal::validation
