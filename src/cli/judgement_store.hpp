#pragma once

#include "quantisation/tuner.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace lowcal::cli {

/// Judgements of a tuning on disk, so that an interrupted one goes on where it was: a file of JSON
/// lines, the first of which says what the tuning is of. A last line that was cut off is judged
/// again.
class JudgementStore {
public:
    /// Throws InputError if the file holds judgements of another tuning than `identity`.
    JudgementStore(std::filesystem::path path, std::string const& identity);

    std::optional<quantisation::Judgement> find(std::string const& plan) const;
    void keep(std::string const& plan, quantisation::Judgement const& judgement);
    std::size_t count() const { return judgements_.size(); }

private:
    std::filesystem::path path_;
    std::map<std::string, quantisation::Judgement> judgements_;
};

}  // namespace lowcal::cli
