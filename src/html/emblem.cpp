#include "html/emblem.h"

#include <array>
#include <cstdint>

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
constexpr std::array<std::string_view, 9> kInks = {"#a8321f", "#8a5a12", "#5b6a1e", "#17685f", "#2c4a7e",
                                                   "#6f2f60", "#3f4a55", "#99431f", "#1f5d3a"};
constexpr std::array<std::string_view, 7> kPapers = {"#f3d9cd", "#f3e3b8", "#dfe5bd", "#c9e4dc",
                                                     "#d0dbee", "#ead3e3", "#e2ddd2"};

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
  if (!path.empty()) out.append("<path stroke=\"").append(ink).append("\" d=\"").append(path).append("\"/>");
}

std::string draw(std::uint64_t hash, std::string_view paper, std::string_view ink, std::string_view mark) {
  Digits digits(hash);
  const Grid grid = crab(digits);
  std::string out = "<svg class=\"emblem\" viewBox=\"0 0 15 13\" aria-hidden=\"true\"><path fill=\"";
  out.append(paper).append("\" d=\"M0 0h15v13H0z\"/>");
  append_strokes(out, ink, strokes(grid, '#'));
  append_strokes(out, mark, strokes(grid, '+'));
  append_strokes(out, "#fff", strokes(grid, 'o'));
  return out + "</svg>";
}

}  // namespace

std::string emblem(std::string_view handle) {
  const auto hash = hash_of(handle);
  Digits digits(hash_of(std::to_string(hash)));
  const auto ink = digits.take(kInks.size());
  const auto mark = (ink + 1 + digits.take(kInks.size() - 1)) % kInks.size();
  return draw(hash, kPapers[digits.take(kPapers.size())], kInks[ink], kInks[mark]);
}

std::string grey_emblem() { return draw(0, "#e2ddd2", "#8d877c", "#a9a397"); }

}  // namespace html
