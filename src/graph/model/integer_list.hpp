#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <vector>

namespace lowcal::graph {

/// A list of integers that takes one byte each as long as all fit int8, else eight: the levels of
/// quantised weights are most of a network, and shapes need 64 bits. Elements are read and written
/// as int64.
class IntegerList {
public:
    IntegerList() = default;
    IntegerList(std::initializer_list<std::int64_t> values)
    {
        assign(values.begin(), values.end());
    }
    IntegerList(std::vector<std::int64_t> const& values) { assign(values.begin(), values.end()); }

    std::size_t size() const { return wide_ ? words_.size() : bytes_.size(); }
    bool empty() const { return size() == 0; }
    std::int64_t operator[](std::size_t i) const { return wide_ ? words_[i] : bytes_[i]; }
    std::int64_t front() const { return (*this)[0]; }

    /// Widens the list if the value needs it.
    void set(std::size_t i, std::int64_t value)
    {
        if (!fits(value)) widen();
        if (wide_)
            words_[i] = value;
        else
            bytes_[i] = static_cast<std::int8_t>(value);
    }
    void push_back(std::int64_t value)
    {
        if (!fits(value)) widen();
        if (wide_)
            words_.push_back(value);
        else
            bytes_.push_back(static_cast<std::int8_t>(value));
    }
    void reserve(std::size_t count) { wide_ ? words_.reserve(count) : bytes_.reserve(count); }
    /// New elements are 0.
    void resize(std::size_t count) { wide_ ? words_.resize(count) : bytes_.resize(count); }
    template <class Iterator>
    void assign(Iterator first, Iterator last)
    {
        *this = {};
        for (; first != last; ++first) push_back(*first);
    }

    std::vector<std::int64_t> values() const { return {begin(), end()}; }
    operator std::vector<std::int64_t>() const { return values(); }
    std::size_t bytes_per_element() const { return wide_ ? 8 : 1; }

    /// Reads; elements are values, not references.
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::int64_t;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = std::int64_t;

        Iterator(IntegerList const& list, std::size_t at) : list_(&list), at_(at) {}
        std::int64_t operator*() const { return (*list_)[at_]; }
        Iterator& operator++()
        {
            ++at_;
            return *this;
        }
        bool operator==(Iterator const& other) const { return at_ == other.at_; }

    private:
        IntegerList const* list_;
        std::size_t at_;
    };
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

    bool operator==(IntegerList const& other) const { return values() == other.values(); }

private:
    std::vector<std::int8_t> bytes_;   ///< while narrow
    std::vector<std::int64_t> words_;  ///< once wide
    bool wide_ = false;

    static bool fits(std::int64_t value) { return value >= -128 && value <= 127; }
    void widen()
    {
        if (wide_) return;
        words_.assign(bytes_.begin(), bytes_.end());
        bytes_ = {};
        wide_ = true;
    }
};

}  // namespace lowcal::graph
