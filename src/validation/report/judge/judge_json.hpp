#pragma once

#include "validation/comparison.hpp"
#include "validation/report/json_number.hpp"

namespace lowcal::validation {

/// Parts of results.json that are the judge's.
Json judgement_json(Judgement const& judgement, JudgeControls const& controls);
Json judge_controls_json(JudgeControls const& controls);
Json worth_json(Comparison const& comparison);

}  // namespace lowcal::validation
