#include "html/emblem.h"

#include <array>
#include <cstdint>
#include <unordered_map>

namespace html {

namespace {

// Left halves of a crab, the middle column last; each is mirrored at it. '#' is ink, 'o' the eyes' white.
constexpr int kHalf = 7;
constexpr int kWidth = 2 * kHalf - 1;
constexpr int kHeight = 11;
using Half = std::string_view;

constexpr std::array<std::array<Half, 4>, 6> kClaws = {{
    {"#.#....", "###....", ".##....", ".#....."},
    {".##....", "##.....", "##.#...", ".##...."},
    {"##.....", "#......", "###....", ".##...."},
    {".......", "#.#....", "###....", ".##...."},
    {"###....", "#.#....", "##.....", ".#....."},
    {"#..#...", "##.#...", ".###...", ".##...."},
}};
constexpr std::array<std::array<Half, 2>, 5> kEyes = {{
    {"....o..", "....#.."},
    {".....o.", ".....#."},
    {".......", "....o.."},
    {"....oo.", "....##."},
    {"...o...", "...#..."},
}};
constexpr std::array<std::array<Half, 5>, 4> kShells = {{
    {"..#.###", "...####", "..#####", "..#####", "...####"},
    {"..##.##", "..#####", "..#####", "...####", "....###"},
    {"...####", "..#####", ".######", "..#####", "...####"},
    {"..#..##", "...####", "...####", "..#####", "..#####"},
}};
constexpr std::array<std::array<Half, 2>, 5> kLegs = {{
    {".#.#.#.", "#..#.#."},
    {"..#.#.#", ".#.#..#"},
    {".#..#..", ".#..#.."},
    {"#.#..#.", "#..#..#"},
    {"..##.#.", ".#...#."},
}};
// The colours are the style sheet's: .i0 to .i8 and .p0 to .p6, which are others in the dark.
constexpr std::size_t kInks = 9;
constexpr std::size_t kPapers = 7;

// FNV-1a, then a mix so that each digit taken from it depends on the whole handle (SplitMix64's finalizer).
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
  return hash ^ (hash >> 31);
}

class Digits {
 public:
  explicit Digits(std::uint64_t hash) : rest_(hash) {}
  std::size_t take(std::size_t base) {
    const auto digit = rest_ % base;
    rest_ /= base;
    return static_cast<std::size_t>(digit);
  }

 private:
  std::uint64_t rest_;
};

using Grid = std::array<std::array<char, kWidth>, kHeight>;

void put(Grid& grid, std::size_t row, Half half) {
  for (std::size_t column = 0; column < half.size(); ++column) {
    if (half[column] == '.') continue;
    grid[row][column] = half[column];
    grid[row][kWidth - 1 - column] = half[column];
  }
}

Grid crab(Digits& digits) {
  Grid grid;
  for (auto& row : grid) row.fill('.');
  const auto& shell = kShells[digits.take(kShells.size())];
  const auto& claws = kClaws[digits.take(kClaws.size())];
  const auto& eyes = kEyes[digits.take(kEyes.size())];
  const auto& legs = kLegs[digits.take(kLegs.size())];
  for (std::size_t i = 0; i < claws.size(); ++i) put(grid, i, claws[i]);
  for (std::size_t i = 0; i < shell.size(); ++i) put(grid, 4 + i, shell[i]);
  for (std::size_t i = 0; i < legs.size(); ++i) put(grid, 9 + i, legs[i]);
  for (std::size_t i = 0; i < eyes.size(); ++i) put(grid, 2 + i, eyes[i]);
  // Marks on the shell.
  for (std::size_t row = 5; row < 8; ++row) {
    for (std::size_t column = 3; column < kHalf; ++column) {
      if (grid[row][column] == '#' && digits.take(3) == 0) {
        grid[row][column] = '+';
        grid[row][kWidth - 1 - column] = '+';
      }
    }
  }
  return grid;
}

// The runs of `ink` as the strokes of a path, one pixel of margin around.
std::string strokes(const Grid& grid, char ink) {
  std::string path;
  for (std::size_t row = 0; row < kHeight; ++row) {
    std::size_t pen = 0;
    bool moved = false;
    for (std::size_t column = 0; column < kWidth;) {
      std::size_t end = column;
      while (end < kWidth && grid[row][end] == ink) ++end;
      if (end == column) {
        ++column;
        continue;
      }
      if (moved) {
        path.append("m").append(std::to_string(column - pen)).append(" 0");
      } else {
        path.append("M").append(std::to_string(column + 1)).append(" ").append(std::to_string(row + 1)).append(".5");
      }
      path.append("h").append(std::to_string(end - column));
      moved = true;
      pen = column = end;
    }
  }
  return path;
}

void append_strokes(std::string& out, std::string_view ink, const std::string& path) {
  if (!path.empty()) out.append("<path class=\"").append(ink).append("\" d=\"").append(path).append("\"/>");
}

std::string draw(std::uint64_t hash, const std::string& paper, const std::string& ink, const std::string& mark) {
  Digits digits(hash);
  const Grid grid = crab(digits);
  std::string out = "<svg class=\"emblem\" viewBox=\"0 0 15 13\" aria-hidden=\"true\">";
  append_strokes(out, paper, "M0 0h15v13H0z");
  append_strokes(out, ink, strokes(grid, '#'));
  append_strokes(out, mark, strokes(grid, '+'));
  append_strokes(out, "eye", strokes(grid, 'o'));
  return out + "</svg>";
}

}  // namespace

namespace {

std::string drawn(std::string_view handle) {
  const auto hash = hash_of(handle);
  Digits digits(hash_of(std::to_string(hash)));
  const auto ink = digits.take(kInks);
  const auto mark = (ink + 1 + digits.take(kInks - 1)) % kInks;
  return draw(hash, "p" + std::to_string(digits.take(kPapers)), "i" + std::to_string(ink), "i" + std::to_string(mark));
}

}  // namespace

std::string emblem(std::string_view handle) {
  // Few agents write most of what is shown.
  constexpr std::size_t kKept = 1024;
  static thread_local std::unordered_map<std::string, std::string> known;
  const std::string name(handle);
  if (const auto found = known.find(name); found != known.end()) return found->second;
  if (known.size() == kKept) known.clear();
  return known.emplace(name, drawn(handle)).first->second;
}

std::string grey_emblem() { return draw(0, "p6", "i9", "eye"); }

}  // namespace html
