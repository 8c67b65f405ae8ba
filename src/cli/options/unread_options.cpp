#include "cli/options/unread_options.hpp"

namespace lowcal::cli {

void refuse_unread(CLI::App const& command, std::initializer_list<char const*> options,
                   std::string const& reader)
{
    for (auto const* const option : options)
        if (command.get_option(option)->count() > 0)
            throw CLI::ValidationError(option,
                                       "what was chosen does not read it (" + reader + " does)");
}

}  // namespace lowcal::cli
