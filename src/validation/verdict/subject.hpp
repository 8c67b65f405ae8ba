#pragma once

#include "physics/observable_set.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace lowcal::validation {

/// What a verdict is given on.
struct Subject {
    enum class Kind {
        observable,
        profile,
        cell_spectrum,
        layer_correlations,
        coverage,   ///< do reference showers keep to themselves: are kinds of showers missing?
        diversity,  ///< do candidate showers keep to themselves: are there copies, too few kinds?
    };
    Kind kind = Kind::observable;
    std::size_t which = 0;  ///< of the set's observables or of its profiles

    bool operator==(Subject const&) const = default;
};

/// All of a set, from the plain to the derived. A detector of one layer has no correlations.
std::vector<Subject> subjects_of(physics::ObservableSet const& set);

struct SubjectName {
    std::string key;   ///< in JSON
    std::string name;  ///< in reports
};
SubjectName name_of(Subject const& subject, physics::ObservableSet const& set);

/// The subject with a key; throws InputError where there is none.
Subject find_subject(std::string const& key, physics::ObservableSet const& set);

}  // namespace lowcal::validation
