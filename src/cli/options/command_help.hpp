#pragma once

namespace CLI {
class App;
}

namespace lowcal::cli {

/// Lets the help of a program and of its commands open with an example of each: what most people
/// type. Call it when all commands were added.
void open_help_with_examples(CLI::App& app);

}  // namespace lowcal::cli
