#include "refused.hpp"

#include "samples.hpp"

namespace lowcal::end_to_end {

void expect_refused(std::vector<Refused> const& commands)
{
    for (auto const& one : commands) {
        auto const outcome = lowcal(one.arguments);
        EXPECT_EQ(outcome.exit_code, 1) << ::testing::PrintToString(one.arguments);
        bool const trains = one.arguments.front() == "train";
        EXPECT_TRUE(mentions(outcome.errors, {trains ? "lowcal train: " : "lowcal: "}));
        EXPECT_TRUE(mentions(outcome.errors, one.named));
        EXPECT_EQ(outcome.errors.find("unexpected"), std::string::npos) << outcome.errors;
    }
}

}  // namespace lowcal::end_to_end
