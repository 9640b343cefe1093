// A value on its way to JSON: null, truth, number, text, list, or members in their order. nlohmann/json
// writes it, behind text(): its header costs a second in every file that includes it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pacer {

class Json {
  public:
    struct Member;

    Json(std::nullptr_t = nullptr) {}
    Json(bool value) : value_(value) {}
    Json(std::integral auto value) : value_(static_cast<std::int64_t>(value)) {}
    Json(double value) : value_(value) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(const char* value) : value_(std::string(value)) {}
    template <class T>
    Json(const std::vector<T>& values) : value_(std::vector<Json>(values.begin(), values.end())) {}
    Json(std::initializer_list<Member> members);

    static Json list() { return Json(std::vector<Json>()); }
    static Json object() { return Json(std::initializer_list<Member>()); }

    void push_back(Json value);              // of a list
    void add(std::string name, Json value);  // of members

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
    std::optional<double> number() const;  // if it is one

    // Indented by so many blanks a level; -1: on one line. Bytes that are no UTF-8 are replaced: a path or an
    // environment variable need not be valid, JSON must.
    std::string text(int indent) const;

    auto visit(const auto& visitor) const { return std::visit(visitor, value_); }

  private:
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, std::vector<Json>,
                 std::vector<Member>>
        value_;
};

struct Json::Member {
    std::string name;
    Json value;
};

}  // namespace pacer
