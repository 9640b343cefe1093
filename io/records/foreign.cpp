#include "io/records/foreign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace pacer {

namespace {

struct Signature {
    std::string_view bytes;
    std::size_t at;
    bool could_be_text;  // unless bytes follow that no text has
    const char* is;
};

using namespace std::string_view_literals;

constexpr const char* utf16 = "UTF-16: iconv -f UTF-16 -t UTF-8 makes text of it";
constexpr const char* utf32 = "UTF-32: iconv -f UTF-32 -t UTF-8 makes text of it";
constexpr const char* tables = ": pandas can read it and write .csv";

constexpr Signature signatures[] = {
    {"\xff\xfe\0\0"sv, 0, false, utf32},
    {"\0\0\xfe\xff"sv, 0, false, utf32},
    {"\xff\xfe"sv, 0, false, utf16},
    {"\xfe\xff"sv, 0, false, utf16},
    {"\xfd\x37zXZ\0"sv, 0, false, "xz: decompress it, or give the output of xz -dc to -"},
    {"BZh"sv, 0, true, "bzip2: decompress it, or give the output of bzip2 -dc to -"},
    {"PK\3\4"sv, 0, false, "a zip archive (or .xlsx, .ods, .npz): unpack it, or export the sheet as .csv"},
    {"7z\xbc\xaf\x27\x1c"sv, 0, false, "a 7z archive: unpack it"},
    {"\x1f\x9d"sv, 0, false, "compress's .Z: decompress it, or give the output of zcat to -"},
    {"\x04\x22\x4d\x18"sv, 0, false, "lz4: decompress it, or give the output of lz4 -dc to -"},
    {"ustar"sv, 257, true, "a tar archive: unpack it and give the folder"},
    {"\x93NUMPY"sv, 0, false, "NumPy's .npy: write text by numpy.savetxt(file, array, fmt='%.17g')"},
    {"\x89HDF"sv, 0, false, "HDF5: h5dump -o file.txt -y -w 0 -d DATASET writes text"},
    {"CDF\1"sv, 0, false, "netCDF: ncdump -v VARIABLE shows it as text"},
    {"CDF\2"sv, 0, false, "netCDF: ncdump -v VARIABLE shows it as text"},
    {"CDF\5"sv, 0, false, "netCDF: ncdump -v VARIABLE shows it as text"},
    {"MATLAB "sv, 0, true, "a .mat file of MATLAB: writematrix(x, 'x.csv') or save -ascii writes text"},
    {"GRIB"sv, 0, true, "GRIB: grib_get_data writes text"},
    {"SIMPLE  ="sv, 0, false, "FITS: astropy.table.Table.read(...).write(..., format='csv') writes text"},
    {"PAR1"sv, 0, true, "Parquet"},
    {"ARROW1"sv, 0, true, "Feather"},
    {"FEA1"sv, 0, true, "Feather"},
    {"SQLite format 3"sv, 0, true, "an SQLite database: sqlite3 -csv FILE 'select ...' writes text"},
    {"%PDF-"sv, 0, false, "PDF: export the table as .csv"},
    {"\x89PNG"sv, 0, false, "a PNG picture"},
    {"\xd0\xcf\x11\xe0"sv, 0, false, "an old Excel or Word file: export the sheet as .csv"},
    {"root\0"sv, 0, false, "a ROOT file: uproot can read it and write text"},
    {"\x7f\x45LF"sv, 0, false, "a program or library"},
};

bool is_no_text(char c) {
    return static_cast<unsigned char>(c) < ' ' &&
           std::string_view("\t\n\r\f\v").find(c) == std::string_view::npos;
}

// An error page in place of data, as a download may leave it.
bool is_html(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    std::string head(text.substr(0, 9));
    std::transform(head.begin(), head.end(), head.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    return head == "<!doctype" || head.starts_with("<html") || head.starts_with("<?xml");
}

bool fits(const Signature& signature, std::string_view text) {
    if (!text.substr(std::min(signature.at, text.size())).starts_with(signature.bytes)) return false;
    constexpr std::size_t looked_at = 512;
    const auto head = text.substr(0, looked_at);
    return !signature.could_be_text || std::any_of(head.begin(), head.end(), is_no_text);
}

}  // namespace

std::string foreign_format(std::string_view text) {
    if (is_html(text)) return "an HTML or XML page, perhaps a message in place of data: look at it";
    for (const auto& signature : signatures) {
        if (!fits(signature, text)) continue;
        std::string is = signature.is;
        if (is == "Parquet" || is == "Feather") is += tables;
        return is;
    }
    return {};
}

std::string foreign_character(std::string_view from) {
    struct Character {
        std::string_view bytes;
        const char* is;
    };
    static constexpr Character characters[] = {
        {"\xe2\x88\x92", "a Unicode minus; write -: sed 's/\\xe2\\x88\\x92/-/g'"},
        {"\xe2\x80\x93", "a dash; write -: sed 's/\\xe2\\x80\\x93/-/g'"},
        {"\xc2\xa0",
         "a no-break space; between thousands leave it out, else write a blank: sed 's/\\xc2\\xa0/ /g'"},
        {"\xa0",
         "a no-break space of Latin-1; between thousands leave it out, else write a blank: sed 's/\\xa0/ "
         "/g'"},
        {"\xe2\x80\xaf",
         "a narrow no-break space; between thousands leave it out, else write a blank: sed "
         "'s/\\xe2\\x80\\xaf/ /g'"},
        {"\xe2\x80\x89",
         "a thin space; between thousands leave it out, else write a blank: sed 's/\\xe2\\x80\\x89/ /g'"},
        {"\xe3\x80\x80", "an ideographic space; write a blank: sed 's/\\xe3\\x80\\x80/ /g'"},
        {"\xef\xbc", "a full-width character; write digits of ASCII"},
        {"\xef\xbb\xbf", "a byte order mark within a line; remove it: sed 's/\\xef\\xbb\\xbf//g'"},
    };
    for (const auto& character : characters) {
        if (from.starts_with(character.bytes)) return character.is;
    }
    const auto byte = static_cast<unsigned char>(from.front());
    return fmt::format("byte 0x{:02x} is not text{}", byte,
                       byte == 0 ? "; UTF-16 is made text by iconv -f UTF-16 -t UTF-8" : "");
}

}  // namespace pacer
