#include "graph/simplify/einsum.hpp"

#include "core/error.hpp"
#include "graph/model/graph_builder.hpp"

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

/// "ij,jk->ik" taken apart.
struct Equation {
    std::vector<std::string> factors;
    std::string result;
};

[[noreturn]] void reject(Node const& node, std::string const& why)
{
    throw InputError("cannot use " + describe(node),
                     "its equation '" + string_attribute(node, "equation", "") + "' " + why,
                     "write it as Transpose and MatMul");
}

Equation equation_of(Node const& node)
{
    auto text = string_attribute(node, "equation", "");
    std::erase(text, ' ');
    auto const arrow = text.find("->");
    if (arrow == std::string::npos) reject(node, "has no result behind '->'");
    Equation equation{{""}, text.substr(arrow + 2)};
    for (auto const letter : text.substr(0, arrow))
        if (letter == ',')
            equation.factors.emplace_back();
        else
            equation.factors.back() += letter;
    auto parts = equation.factors;
    parts.push_back(equation.result);
    for (auto const& part : parts) {
        auto const is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
        if (!std::all_of(part.begin(), part.end(), is_letter))
            reject(node, "holds more than letters");
        if (std::set(part.begin(), part.end()).size() != part.size())
            reject(node, "takes a diagonal");
    }
    if (equation.factors.size() != node.inputs.size())
        reject(node, "has other factors than the node has inputs");
    return equation;
}

bool has(std::string const& letters, char letter)
{
    return letters.find(letter) != std::string::npos;
}

/// The letters of `order` as places in `letters`.
std::vector<std::int64_t> places(std::string const& letters, std::string const& order)
{
    std::vector<std::int64_t> result;
    for (auto const letter : order)
        result.push_back(static_cast<std::int64_t>(letters.find(letter)));
    return result;
}

/// What the letters of a product of two are.
struct Roles {
    std::string stacked;  ///< in both factors and the result
    std::string rows;     ///< of the first factor alone
    std::string columns;  ///< of the second one alone
    std::string summed;
};

Roles roles_of(Node const& node, std::string const& first, std::string const& second,
               std::string const& result)
{
    Roles roles;
    for (auto const letter : first)
        if (has(second, letter))
            (has(result, letter) ? roles.stacked : roles.summed) += letter;
        else if (has(result, letter))
            roles.rows += letter;
        else
            reject(node, "sums over one factor alone");
    for (auto const letter : second)
        if (!has(first, letter)) {
            if (!has(result, letter)) reject(node, "sums over one factor alone");
            roles.columns += letter;
        }
    if (result.size() != roles.stacked.size() + roles.rows.size() + roles.columns.size())
        reject(node, "makes letters that no factor has");
    if (roles.summed.size() != 1) reject(node, "does not sum over one letter of both factors");
    return roles;
}

class Product {
public:
    Product(Graph& graph, Node const& node, FreshNames& fresh)
        : node_(node), fresh_(fresh), builder_(graph)
    {
    }

    void write(std::string const& first, std::string const& second, std::string const& result)
    {
        auto a = node_.inputs[0], b = node_.inputs[1];
        auto a_letters = first, b_letters = second;
        auto roles = roles_of(node_, a_letters, b_letters, result);
        if (roles.columns.size() > 1) {
            std::swap(a, b);
            std::swap(a_letters, b_letters);
            roles = roles_of(node_, a_letters, b_letters, result);
        }
        if (roles.columns.size() > 1) reject(node_, "has several letters of each factor alone");
        auto const rows = std::max<std::size_t>(1, roles.rows.size());
        a = ordered("first", a, a_letters, roles.stacked + roles.rows + roles.summed);
        b = ordered("second", b, b_letters, roles.stacked + roles.summed + roles.columns);
        auto const stack = static_cast<std::int64_t>(roles.stacked.size());
        if (roles.rows.empty()) a = unsqueezed("row", a, {stack});
        if (roles.columns.empty()) b = unsqueezed("column", b, {stack + 1});
        std::vector<std::int64_t> between;  // rows but the last are stacked, too
        for (std::size_t i = 1; i < rows; ++i)
            between.push_back(stack + static_cast<std::int64_t>(i) - 1);
        if (!between.empty()) b = unsqueezed("stacked", b, between);
        auto made = builder_.node({.name = name("product"), .op = "MatMul", .inputs = {a, b}});
        std::vector<std::int64_t> single;
        auto const row_axis = stack + static_cast<std::int64_t>(rows) - 1;
        if (roles.rows.empty()) single.push_back(row_axis);
        if (roles.columns.empty()) single.push_back(row_axis + 1);
        if (!single.empty()) made = squeezed(made, single);
        finish(made, places(roles.stacked + roles.rows + roles.columns, result));
    }

    void finish(std::string const& value, std::vector<std::int64_t> order)
    {
        builder_.node({.name = node_.name,
                       .op = "Transpose",
                       .inputs = {value},
                       .outputs = node_.outputs,
                       .attributes = {{"perm", std::move(order)}}});
    }

private:
    Node const& node_;
    FreshNames& fresh_;
    GraphBuilder builder_;

    std::string name(std::string const& what) { return fresh_(node_.name + "/" + what); }

    std::string ordered(std::string const& what, std::string const& value,
                        std::string const& letters, std::string const& order)
    {
        if (letters == order) return value;
        return builder_.transpose(name(what), value, places(letters, order));
    }
    std::string axes(std::string const& what, std::vector<std::int64_t> const& numbers)
    {
        return builder_.constant(
            name(what + ".axes"),
            {ElementType::int64, {static_cast<std::int64_t>(numbers.size())}, {}, numbers});
    }
    std::string unsqueezed(std::string const& what, std::string const& value,
                           std::vector<std::int64_t> const& numbers)
    {
        return builder_.node(
            {.name = name(what), .op = "Unsqueeze", .inputs = {value, axes(what, numbers)}});
    }
    std::string squeezed(std::string const& value, std::vector<std::int64_t> const& numbers)
    {
        return builder_.node({.name = name("squeezed"),
                              .op = "Squeeze",
                              .inputs = {value, axes("squeezed", numbers)}});
    }
};

}  // namespace

void write_einsum(Graph& graph, Node const& node, FreshNames& fresh)
{
    auto const [factors, result] = equation_of(node);
    Product product(graph, node, fresh);
    if (factors.size() == 2) return product.write(factors[0], factors[1], result);
    auto sorted = factors.front(), wanted = result;
    std::sort(sorted.begin(), sorted.end());
    std::sort(wanted.begin(), wanted.end());
    if (factors.size() != 1 || sorted != wanted)
        reject(node, "is neither a matrix product nor a transposition");
    product.finish(node.inputs.front(), places(factors.front(), result));
}

}  // namespace lowcal::graph
