#include "common/base/json.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace pacer {

namespace {

struct Converter {
    nlohmann::ordered_json operator()(const auto& plain) const { return plain; }
    nlohmann::ordered_json operator()(const std::vector<Json>& values) const {
        auto list = nlohmann::ordered_json::array();
        for (const auto& value : values) list.push_back(value.visit(*this));
        return list;
    }
    nlohmann::ordered_json operator()(const std::vector<Json::Member>& members) const {
        auto object = nlohmann::ordered_json::object();
        for (const auto& [name, value] : members) object[name] = value.visit(*this);
        return object;
    }
};

}  // namespace

Json::Json(std::initializer_list<Member> members) : value_(std::vector<Member>(members)) {}

void Json::push_back(Json value) {
    std::get<std::vector<Json>>(value_).push_back(std::move(value));
}

void Json::add(std::string name, Json value) {
    std::get<std::vector<Member>>(value_).push_back({std::move(name), std::move(value)});
}

std::optional<double> Json::number() const {
    if (const auto* whole = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*whole);
    const auto* real = std::get_if<double>(&value_);
    return real == nullptr ? std::nullopt : std::optional(*real);
}

std::string Json::text(int indent) const {
    return visit(Converter{}).dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pacer
