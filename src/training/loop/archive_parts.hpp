#pragma once

#include <torch/serialize/archive.h>

#include <string>

namespace lowcal::training {

/// Stores a network or optimiser under a name of its own in an archive, and takes it out again.
template <class Part>
void save_part(torch::serialize::OutputArchive& archive, std::string const& name, Part const& part)
{
    torch::serialize::OutputArchive child;
    part.save(child);
    archive.write(name, child);
}

template <class Part>
void load_part(torch::serialize::InputArchive& archive, std::string const& name, Part& part)
{
    torch::serialize::InputArchive child;
    archive.read(name, child);
    part.load(child);
}

}  // namespace lowcal::training
