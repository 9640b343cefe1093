// What a damaged input, journal or dump comes to: each try throws std::logic_error, which says what is wrong,
// if that is neither what it should be nor one sentence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/campaign/damage.hpp"

namespace pacer::campaign {

enum class Came { right, refused };

[[noreturn]] void broken(const std::string& what, std::string_view got = {}, std::string_view expected = {});
// Refused in one sentence.
Came refused(std::string_view sentence);

std::string random_text(Random& random);
void put(const std::string& path, std::string_view bytes);
std::string get(const std::string& path);

// Text, plain or compressed, against a reader as plain as can be.
Came try_text(Random& random);
Came try_archive(Random& random);
// A journal that a cut run left: gone on with, to the results of a run that was never cut.
Came try_journal(Random& random);
// A dump: read as what was written.
Came try_dump(Random& random);

}  // namespace pacer::campaign
