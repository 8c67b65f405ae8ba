#pragma once

#include <cstddef>
#include <cstdio>
#include <vector>

/// The share of each layer in the energy of many events. Needs no Geant4.
class Profile {
public:
    /// Of one event, the energy in each layer; the layers of all events are the same.
    void add(std::vector<double> const& layers);

    /// Per cent in each layer.
    std::vector<double> percent() const;
    /// Its statistical error, from how events differ; 0 of a single one.
    std::vector<double> error() const;
    /// "# TITLE", then "layer percent error" a line, then two empty lines: a data set of gnuplot.
    void write(std::FILE* file, char const* title) const;

private:
    std::size_t events_ = 0;
    std::vector<double> sums_;
    std::vector<double> squares_;
};
