package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"hearth/firehose/mix"
)

// node is a query of the mix in the part that all peers have: words, phrases,
// beginnings of words, and, or, not, near.
type node struct {
	op    string // or, and, not, phrase, prefix, near
	kids  []*node
	words []string
	near  int
}

// monitors are the first n queries of the mix that say nothing about fields,
// which the peers do not have.
func monitors(n int) (queries []string, trees []*node) {
	for i, source := range mix.NewWorld().Monitors(2 * n) {
		if len(queries) == n {
			break
		}
		if strings.Contains(source, ":") || strings.Contains(source, "?") || strings.Contains(source, `*"`) {
			continue
		}
		p := parser{tokens: lexical.FindAllString(source, -1)}
		tree := p.or()
		if p.at != len(p.tokens) {
			panic(fmt.Sprintf("query %d of the mix, %s, stops at %d", i, source, p.at))
		}
		queries, trees = append(queries, source), append(trees, tree)
	}
	return queries, trees
}

var lexical = regexp.MustCompile(`\(|\)|"[^"]*"|[^\s()"]+`)

type parser struct {
	tokens []string
	at     int
}

func (p *parser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *parser) or() *node {
	n := &node{op: "or", kids: []*node{p.and()}}
	for p.peek() == "OR" {
		p.at++
		n.kids = append(n.kids, p.and())
	}
	return n.plain()
}

func (p *parser) and() *node {
	n := &node{op: "and", kids: []*node{p.near()}}
	for p.peek() == "AND" {
		p.at++
		n.kids = append(n.kids, p.near())
	}
	return n.plain()
}

func (p *parser) near() *node {
	left := p.unary()
	if distance, ok := strings.CutPrefix(p.peek(), "NEAR/"); ok {
		p.at++
		k, _ := strconv.Atoi(distance)
		return &node{op: "near", near: k, kids: []*node{left, p.unary()}}
	}
	return left
}

func (p *parser) unary() *node {
	token := p.peek()
	p.at++
	switch {
	case token == "NOT":
		return &node{op: "not", kids: []*node{p.unary()}}
	case token == "(":
		n := p.or()
		p.at++ // )
		return n
	case strings.HasSuffix(token, "*"):
		return &node{op: "prefix", words: []string{strings.TrimSuffix(strings.TrimPrefix(token, "#"), "*")}}
	}
	return &node{op: "phrase", words: strings.FieldsFunc(strings.Trim(token, `"#@`), func(r rune) bool { return r == ' ' || r == '_' })}
}

// plain is the only kid of a node that has one.
func (n *node) plain() *node {
	if len(n.kids) == 1 {
		return n.kids[0]
	}
	return n
}

// tsquery writes it for PostgreSQL; near is "within", which there is "exactly",
// either way round, for each distance.
func (n *node) tsquery() string {
	switch n.op {
	case "phrase":
		return "(" + strings.Join(quoted(n.words), " <-> ") + ")"
	case "prefix":
		return "'" + n.words[0] + "':*"
	case "not":
		return "!(" + n.kids[0].tsquery() + ")"
	case "near":
		var ways []string
		for k := 1; k <= n.near; k++ {
			a, b := n.kids[0].tsquery(), n.kids[1].tsquery()
			ways = append(ways, fmt.Sprintf("((%s) <%d> (%s))", a, k, b), fmt.Sprintf("((%s) <%d> (%s))", b, k, a))
		}
		return "(" + strings.Join(ways, " | ") + ")"
	}
	var kids []string
	for _, k := range n.kids {
		kids = append(kids, k.tsquery())
	}
	return "(" + strings.Join(kids, map[string]string{"or": " | ", "and": " & "}[n.op]) + ")"
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "'" + w + "'"
	}
	return out
}

// expression writes it as an S-expression, for the program in lucene/.
func (n *node) expression() string {
	switch n.op {
	case "phrase", "prefix":
		return "(" + n.op + " " + strings.Join(n.words, " ") + ")"
	}
	out := "(" + n.op
	if n.op == "near" {
		out += fmt.Sprint(" ", n.near)
	}
	for _, k := range n.kids {
		out += " " + k.expression()
	}
	return out + ")"
}

// holds decides it with regular expressions, as a script would.
func (n *node) holds(text string, compiled map[*node]*regexp.Regexp) bool {
	switch n.op {
	case "or":
		for _, k := range n.kids {
			if k.holds(text, compiled) {
				return true
			}
		}
		return false
	case "and":
		for _, k := range n.kids {
			if !k.holds(text, compiled) {
				return false
			}
		}
		return true
	case "not":
		return !n.kids[0].holds(text, compiled)
	}
	re := compiled[n]
	if re == nil {
		re = regexp.MustCompile(n.pattern())
		compiled[n] = re
	}
	return re.MatchString(text)
}

func (n *node) pattern() string {
	switch n.op {
	case "prefix":
		return `(?i)\b` + regexp.QuoteMeta(n.words[0])
	case "near":
		a, b := alternatives(n.kids[0]), alternatives(n.kids[1])
		gap := fmt.Sprintf(`\W+(?:\w+\W+){0,%d}`, n.near-1)
		return `(?i)\b(?:` + a + gap + b + `|` + b + gap + a + `)\b`
	}
	return `(?i)\b` + strings.Join(n.words, `\W+`) + `\b`
}

func alternatives(n *node) string {
	if n.op == "phrase" {
		return "(?:" + strings.Join(n.words, `\W+`) + ")"
	}
	var list []string
	for _, k := range n.kids {
		list = append(list, alternatives(k))
	}
	return "(?:" + strings.Join(list, "|") + ")"
}
