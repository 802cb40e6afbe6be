package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hearth/analysis/corpus"
	"hearth/analysis/feature"
)

// readLexicons are the words of this package, and the entries of VADER and
// AFINN-165 (English) and of the machine translations of AFINN-165, all under MIT.
// Of two entries for one word the first counts: VADER's ratings are the finer ones.
func readLexicons() ([]feature.Entry, error) {
	all, err := readWords(ownWords)
	if err != nil {
		return nil, err
	}
	for _, l := range []struct {
		file string
		read func(io.Reader) ([]feature.Entry, error)
	}{
		{"lexicons/vader_lexicon.txt.gz", readVADER},
		{"lexicons/afinn-165-en.csv.gz", readAFINN},
		{"lexicons/afinn-165-machine-translated.tar.gz", readTranslations},
	} {
		entries, err := readGzip(l.file, l.read)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", l.file, err)
		}
		all = append(all, entries...)
	}
	return all, nil
}

func readGzip(name string, read func(io.Reader) ([]feature.Entry, error)) ([]feature.Entry, error) {
	path, err := corpus.Path(name)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	return read(plain)
}

// readVADER reads "token, mean, deviation, ratings"; means run from −4 to 4.
// Emoticons are left to the head, which reads them as signs.
func readVADER(r io.Reader) ([]feature.Entry, error) {
	var entries []feature.Entry
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		columns := strings.Split(lines.Text(), "\t")
		if len(columns) < 2 || !strings.ContainsFunc(columns[0], isLetter) || strings.ContainsFunc(columns[0], isSign) {
			continue
		}
		mean, err := strconv.ParseFloat(columns[1], 64)
		if err != nil {
			return nil, err
		}
		entries = append(entries, feature.Entry{Lang: "en", Phrase: columns[0], Value: int8(math.Round(mean * 12.5))})
	}
	return entries, lines.Err()
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }

func isSign(r rune) bool { return strings.ContainsRune(":;=<>()[]{}|\\/^*#$%&@!?0123456789", r) }

// readAFINN reads "word, valence" with valences from −5 to 5.
func readAFINN(r io.Reader) ([]feature.Entry, error) {
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	var entries []feature.Entry
	for _, record := range records[1:] {
		valence, err := strconv.Atoi(record[1])
		if err != nil {
			return nil, err
		}
		entries = append(entries, feature.Entry{Lang: "en", Phrase: record[0], Value: int8(valence * 10)})
	}
	return entries, nil
}

// readTranslations reads one JSON object (word to valence) a language. English
// left over in languages of another script is dropped, and so are single
// characters, which mean too many things.
func readTranslations(r io.Reader) ([]feature.Entry, error) {
	var entries []feature.Entry
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		lang := strings.TrimSuffix(strings.TrimPrefix(header.Name, "AFINN-"), ".json")
		var words map[string]int
		if err := json.NewDecoder(archive).Decode(&words); err != nil {
			return nil, fmt.Errorf("%s: %w", header.Name, err)
		}
		phrases := make([]string, 0, len(words))
		for phrase := range words {
			phrases = append(phrases, phrase)
		}
		slices.Sort(phrases)
		for _, phrase := range phrases {
			if foreignScript[lang] && strings.ContainsFunc(strings.ToLower(phrase), isLetter) || utf8.RuneCountInString(phrase) < 2 {
				continue
			}
			entries = append(entries, feature.Entry{Lang: langTag(lang), Phrase: phrase, Value: int8(words[phrase] * 10)})
		}
	}
}

var foreignScript = map[string]bool{"ar": true, "hi": true, "iw": true, "ja": true, "ko": true, "ru": true, "th": true, "uk": true, "zh": true, "zh-tw": true}

// langTag is today's tag for one of the lists'.
func langTag(lang string) string {
	switch lang {
	case "iw":
		return "he"
	case "no":
		return "nb"
	case "zh-tw":
		return "zh"
	}
	return lang
}
