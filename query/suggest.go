package query

import (
	"fmt"
	"slices"
)

// unsupported are fields known elsewhere and absent here on purpose, in lower
// case, with the reason.
var unsupported = func() map[string]string {
	m := map[string]string{
		"authorgender": "Hearth does not guess anyone's gender",
		"gender":       "Hearth does not guess anyone's gender",
		"subreddit":    "write url:reddit.com/r/NAME",
		"channel":      "write authorid:",
		"channelid":    "write authorid:",
	}
	for _, name := range []string{
		"authorverifiedtype", "blogname", "brandids", "continent", "engagingwith", "entity", "imagetype", "nsfw", "objects",
		"parentblogname", "publication", "publishersubtype", "pubtype", "reach", "redditauthorflair", "redditpostflair",
		"redditspoiler", "rootblogname", "sensitivecontent", "subredditnsfw", "subreddittopics",
	} {
		m[name] = "posts in Hearth do not carry it"
	}
	return m
}()

func unsupportedField(name string) string {
	return fmt.Sprintf("There is no field “%s”: %s.", name, unsupported[lowerASCII(name)])
}

func unknownField(name string) (message, suggestion string) {
	const quote = "If it is text, put it in quotation marks."
	suggestion = suggest(lowerASCII(name))
	if suggestion == "" {
		return fmt.Sprintf("There is no field “%s”. %s", name, quote), ""
	}
	return fmt.Sprintf("There is no field “%s”; did you mean %s? %s", name, suggestion, quote), suggestion
}

// suggest is the main name of the field whose name or alias is nearest to a
// name in lower case, or "". Ties go to the first by alphabet.
func suggest(name string) string {
	if name == "http" || name == "https" {
		return string(FieldURL)
	}
	most := 2
	if len(name) <= 4 {
		most = 1
	}
	best, found := most+1, ""
	for _, known := range fieldNames {
		if d := edits(name, known, best); d < best {
			best, found = d, known
		}
	}
	if found == "" {
		return ""
	}
	return string(lookup(found).name)
}

// fieldNames are all names and aliases in lower case, by alphabet.
var fieldNames = func() []string {
	var names []string
	for name := range fieldsByName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}()

// edits is the least number of insertions, deletions, replacements and swaps
// of neighbours that make b of a (Damerau 1964, by the table of Lowrance and
// Wagner 1975); at least limit where the lengths already say so.
func edits(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	far := len(a) + len(b)
	d := make([][]int, len(a)+2)
	for i := range d {
		d[i] = make([]int, len(b)+2)
		d[i][0] = far
		if i > 0 {
			d[i][1] = i - 1
		}
	}
	for j := range d[0] {
		d[0][j] = far
		if j > 0 {
			d[1][j] = j - 1
		}
	}
	var lastRow [128]int // where each character of b last stood in a
	for i := 1; i <= len(a); i++ {
		lastCol := 0
		for j := 1; j <= len(b); j++ {
			swapRow, swapCol := lastRow[b[j-1]], lastCol
			replace := 1
			if a[i-1] == b[j-1] {
				replace, lastCol = 0, j
			}
			d[i+1][j+1] = min(
				d[i][j]+replace,
				d[i+1][j]+1,
				d[i][j+1]+1,
				d[swapRow][swapCol]+(i-swapRow-1)+1+(j-swapCol-1))
		}
		lastRow[a[i-1]] = i
	}
	return d[len(a)+1][len(b)+1]
}
