// Reads texts from standard input, one a line, and writes the language of each
// as CLD2 tells it, without hints; to standard error how many seconds of the
// processor the telling took. Built by the report where libcld2-dev is installed.
#include <cstdio>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include <cld2/public/compact_lang_det.h>

int main() {
  std::vector<std::string> texts;
  for (std::string line; std::getline(std::cin, line);) texts.push_back(line);
  std::vector<CLD2::Language> found;
  found.reserve(texts.size());
  std::clock_t begun = std::clock();
  for (const auto& text : texts) {
    CLD2::Language three[3];
    int percent[3], bytes;
    bool reliable;
    found.push_back(CLD2::ExtDetectLanguageSummary(text.data(), text.size(), true, three, percent, &bytes, &reliable));
  }
  double took = double(std::clock() - begun) / CLOCKS_PER_SEC;
  for (auto language : found) std::cout << CLD2::LanguageCode(language) << "\n";
  std::fprintf(stderr, "%.6f\n", took);
}
