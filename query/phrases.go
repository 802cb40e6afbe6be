package query

import (
	"strings"

	"hearth/text"
)

// mostPhrases is how many phrases one search elsewhere may be made of.
const mostPhrases = 50

// Phrases gives words and phrases, as people write them, of which every post
// that matches holds at least one: what a foreign search can be asked for. It
// gives nil where the query does not say, or says too many. Spelling, accents
// and what else the query asks for are left to those who look at the answers.
func (q *Query) Phrases() []string {
	list := phrasesOf(q.Root)
	if len(list) > mostPhrases {
		return nil
	}
	return list
}

func phrasesOf(n Node) []string {
	switch n := n.(type) {
	case And:
		return tellingMost(n.Parts)
	case Near:
		return tellingMost(n.Spots)
	case Or:
		var all []string
		for _, p := range n.Parts {
			list := phrasesOf(p)
			if list == nil {
				return nil
			}
			all = append(all, list...)
		}
		return all
	case Window:
		var parts []Node
		for _, t := range n.Parts {
			parts = append(parts, t)
		}
		return tellingMost(parts)
	case Scope:
		return phrasesOf(n.Part)
	case Term:
		return phraseOf(n)
	}
	return nil
}

// tellingMost is the phrases of the part that lets the fewest posts through:
// guessed by how long its shortest phrase is, and of equals the one with fewer.
func tellingMost(parts []Node) (best []string) {
	shortest := func(list []string) int {
		n := len(list[0])
		for _, s := range list {
			n = min(n, len(s))
		}
		return n
	}
	for _, p := range parts {
		list := phrasesOf(p)
		switch {
		case list == nil:
		case best == nil || shortest(list) > shortest(best) || shortest(list) == shortest(best) && len(list) < len(best):
			best = list
		}
	}
	return best
}

// phraseOf writes a term out as far as its words are known: the longest stretch
// without a wildcard.
func phraseOf(t Term) []string {
	var best, at string
	for i := range t.Elements {
		e := &t.Elements[i]
		if e.Kind == AnyCharacter || e.Pattern != nil || e.Prefix {
			at = ""
			continue
		}
		word := e.Text
		if e.Kind == Tag {
			word = [...]string{text.Hashtag: "#", text.Mention: "@", text.Cashtag: "$"}[e.Tag] + word
		}
		if at != "" && !e.Touches {
			at += " "
		}
		if at += word; len(at) > len(best) {
			best = at
		}
	}
	if best = strings.TrimSpace(best); best == "" {
		return nil
	}
	return []string{best}
}
