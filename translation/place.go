package translation

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// place is a place of a translation: its number, and how it is filled.
var place = regexp.MustCompile(`\{(\d)(=|\?([^|{}]*)\|([^|{}]*))?\}`)

// put fills the places of a translation.
func (l *Language) put(to string, values []string, depth int) string {
	var b strings.Builder
	end := 0
	for _, m := range place.FindAllStringSubmatchIndex(to, -1) {
		b.WriteString(to[end:m[0]])
		end = m[1]
		value := values[to[m[2]]-'1']
		switch {
		case m[4] < 0:
			b.WriteString(value)
		case to[m[4]] == '=':
			said, _ := l.say(value, depth+1)
			b.WriteString(said)
		case value == "1":
			b.WriteString(to[m[6]:m[7]])
		default:
			b.WriteString(to[m[8]:m[9]])
		}
	}
	b.WriteString(to[end:])
	return b.String()
}

// checkPlaces refuses a translation whose places are not those of its format.
func checkPlaces(f *format, to string) error {
	shown := map[int]bool{}
	for _, m := range place.FindAllStringSubmatch(to, -1) {
		n, _ := strconv.Atoi(m[1])
		if n < 1 || n > len(f.verbs) {
			return fmt.Errorf("the translation has a place {%d}, the format has %d", n, len(f.verbs))
		}
		shown[n] = shown[n] || !strings.HasPrefix(m[2], "?")
	}
	if strings.ContainsAny(place.ReplaceAllString(to, ""), "{}") {
		return fmt.Errorf("the translation %q has a brace that opens no place", to)
	}
	for n := range len(f.verbs) {
		if !shown[n+1] {
			return fmt.Errorf("the translation leaves out what stands in {%d}", n+1)
		}
	}
	return nil
}
