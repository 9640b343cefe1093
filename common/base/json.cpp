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

std::string field_of(const Json& value) {
    const auto json = value.visit(Converter{});
    if (json.is_null()) return {};
    return csv_field(json.is_string() ? json.get<std::string>() : json.dump());
}

}  // namespace

Json::Json(std::initializer_list<Member> members) : value_(std::vector<Member>(members)) {}

void Json::push_back(Json value) {
    std::get<std::vector<Json>>(value_).push_back(std::move(value));
}

void Json::add(std::string name, Json value) {
    std::get<std::vector<Member>>(value_).push_back({std::move(name), std::move(value)});
}

void Json::remove(std::string_view name) {
    std::erase_if(std::get<std::vector<Member>>(value_),
                  [&](const Member& member) { return member.name == name; });
}

const std::vector<Json::Member>& Json::members() const {
    return std::get<std::vector<Member>>(value_);
}

std::string Json::text(int indent) const {
    return visit(Converter{}).dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return quoted + "\"";
}

std::string csv_of(const std::vector<Json>& rows) {
    std::string heading, text;
    for (const auto& row : rows) {
        heading.clear();
        std::string line;
        for (const auto& [name, value] : row.members()) {
            line += (heading.empty() ? "" : ",") + field_of(value);
            heading += (heading.empty() ? "" : ",") + name;
        }
        text += line + "\n";
    }
    return heading + "\n" + text;
}

}  // namespace pacer
