package query

import (
	"fmt"
	"strconv"
	"strings"
)

// readNear reads NEAR/n, NEAR/nf and ONEAR/n. ok says that the word is meant
// as such an operator, sound that it is written rightly.
func readNear(word string) (link Link, ok, sound bool) {
	name, n, slash := strings.Cut(word, "/")
	if name != "NEAR" && name != "ONEAR" {
		return Link{}, false, false
	}
	link.Kind = LinkNear
	if name == "ONEAR" {
		link.Kind = LinkOnear
	} else if rest, forward := strings.CutSuffix(n, "f"); forward {
		link.Kind, n = LinkOnear, rest
	}
	link.N, sound = distance(n)
	return link, true, sound && slash
}

// distance reads one to four digits that say 0 … 1000.
func distance(digits string) (int, bool) {
	if len(digits) > 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return int(n), err == nil && n <= mostDistance
}

func (l Link) String() string {
	switch l.Kind {
	case LinkNear:
		return "NEAR/" + strconv.Itoa(l.N)
	case LinkOnear:
		return "ONEAR/" + strconv.Itoa(l.N)
	}
	return "SENTENCE"
}

// words is the link in a sentence.
func (l Link) words(b *phrasebook) string {
	switch l.Kind {
	case LinkNear:
		return fmt.Sprintf(b.near, b.wordCount(l.N))
	case LinkOnear:
		return fmt.Sprintf(b.onear, b.wordCount(l.N))
	}
	return b.sentence
}
