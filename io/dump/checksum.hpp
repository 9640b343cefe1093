// The checksum of a table's contents; io/dump/tables.hpp says of what.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pacer::dump {

class Checksum {
  public:
    Checksum();
    ~Checksum();

    void add(std::int64_t number);
    void add(double number);
    void add(std::string_view text);

    std::string hexadecimal();  // of all that was added

  private:
    void add_bytes(std::string_view bytes);
    void flush();

    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pacer::dump
