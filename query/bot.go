package query

import "hearth/text"

// The words of bot:, and under BotKey(Human) the accounts of which a person said that
// somebody writes there. See package bots.
const (
	Likely   = "likely"
	Possible = "possible"
	Unlikely = "unlikely"
	Declared = "declared"
	Human    = "human"
)

// BotKey is the key by which Lists gives the accounts of a word of bot:, as a query that
// holds what they wrote; no list of people has such a key. Nil: there are none.
//
// Without Lists, bot: knows only what a post says of its author: declared or unlikely.
func BotKey(word string) string { return "\x00bot:" + word }

// likelihoods is the accounts of bot: in the place of its words.
func (l *lexer) likelihoods(f Field) Node {
	var parts []Node
	for _, v := range f.Values {
		parts = append(parts, l.likelihood(string(v.(WordValue))))
	}
	return flatOr(parts)
}

// likelihood is what one word holds.
func (l *lexer) likelihood(word string) Node {
	accounts := func(words ...string) (list []Node) {
		for _, w := range words {
			if q := l.lists(BotKey(w)); q != nil {
				list = append(list, q.Root)
			}
		}
		return list
	}
	itself := Field{Name: FieldBot, Values: []Value{WordValue(word)}}
	switch word {
	case Declared:
		said := flatOr(append([]Node{itself}, accounts(Declared)...))
		if people := accounts(Human); people != nil {
			return And{[]Node{said, Not{people[0]}}}
		}
		return said
	case Unlikely:
		said := flatOr(append([]Node{itself}, accounts(Human)...))
		if others := accounts(Likely, Possible, Declared); others != nil {
			return And{[]Node{said, Not{flatOr(others)}}}
		}
		return said
	}
	if list := accounts(word); list != nil {
		return list[0]
	}
	return itself
}

// flatOr joins parts, of which none holds Or within Or.
func flatOr(parts []Node) Node {
	var all []Node
	for _, p := range parts {
		if or, ok := p.(Or); ok {
			all = append(all, or.Parts...)
		} else {
			all = append(all, p)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return Or{all}
}

// AskAccounts is a query that holds what some accounts of networks wrote: by their ids
// there, or by @ and a handle. Nil: there are none.
func AskAccounts(byNetwork map[string][]string, order []string) *Query {
	var parts []Node
	for _, network := range order {
		var ids, handles []Value
		for _, author := range byNetwork[network] {
			if author != "" && author[0] == '@' {
				if v, ok := exactString(FieldAuthor, author[1:]); ok {
					handles = append(handles, v)
				}
				continue
			}
			ids = append(ids, IDValue(author))
		}
		there, ok := exactString(FieldNetwork, network)
		if !ok {
			continue
		}
		for _, who := range []Field{{Name: FieldAuthorID, Values: ids}, {Name: FieldAuthor, Values: handles}} {
			if len(who.Values) > 0 {
				parts = append(parts, And{[]Node{Field{Name: FieldNetwork, Values: []Value{there}}, who}})
			}
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return &Query{Root: flatOr(parts)}
}

// exactString is the value that holds one name, with nothing in it that is a sign.
func exactString(name FieldName, s string) (StringValue, bool) {
	v := StringValue{By: Folded, Text: Key(name, s)}
	if text.Plain(v.Text) == v.Text {
		v.By = Plain
	}
	return v, v.Text != ""
}
