#include "validation/verdict/subject.hpp"

#include "core/error.hpp"

namespace lowcal::validation {

std::vector<Subject> subjects_of(physics::ObservableSet const& set)
{
    using enum Subject::Kind;
    std::vector<Subject> subjects;
    for (std::size_t i = 0; i < set.observables().size(); ++i) subjects.push_back({observable, i});
    for (std::size_t i = 0; i < set.profile_axes().size(); ++i) subjects.push_back({profile, i});
    subjects.push_back({cell_spectrum});
    if (set.detector().layers() > 1) subjects.push_back({layer_correlations});
    subjects.push_back({coverage});
    subjects.push_back({diversity});
    return subjects;
}

SubjectName name_of(Subject const& subject, physics::ObservableSet const& set)
{
    switch (subject.kind) {
        case Subject::Kind::observable: {
            auto const& observable = set.observables()[subject.which];
            return {observable.key, observable.name};
        }
        case Subject::Kind::profile: {
            auto const& axis = set.profile_axes()[subject.which];
            return {"profile_" + axis.name,
                    "profile along " + (axis.is_depth ? "the beam" : axis.name)};
        }
        case Subject::Kind::cell_spectrum:
            return {"cell_spectrum", "cell-energy spectrum"};
        case Subject::Kind::layer_correlations:
            return {"layer_correlations", "correlations of layer energies"};
        case Subject::Kind::coverage:
            return {"coverage", "coverage (kinds missing)"};
        default:
            return {"diversity", "diversity (copies)"};
    }
}

Subject find_subject(std::string const& key, physics::ObservableSet const& set)
{
    for (auto const& subject : subjects_of(set))
        if (name_of(subject, set).key == key) return subject;
    throw InputError("no subject " + key);
}

}  // namespace lowcal::validation
