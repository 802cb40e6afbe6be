package demo

import "hearth/client"

// Brand is a name under which the company of the demo speaks, and the one above
// it, "" for none.
type Brand struct{ Name, Above string }

const (
	company = "Kaffora"
	app     = "Kaffora Go"
	home    = "Kaffora Home"
	beans   = "Kaffora Beans"
)

// Brands are the brands of the demo, each behind the one above it.
func Brands() []Brand {
	return []Brand{{company, ""}, {app, company}, {home, company}, {beans, company}}
}

// owners says to which brands each monitor belongs.
var owners = map[string][]string{
	"Kaffora": {company}, "Kaffora Go, the app": {app}, "Kaffora Home": {home}, "Kaffora Beans": {beans}, "Ember One safety": {home},
	"Unhappy with Kaffora": {company}, "Questions to answer": {company}, "Wants to buy": {home, beans}, "Ideas from customers": {company},
	"The giveaway that is none": {company}, "Brightbean, the rival": {company},
}

// OwnersOf names the brands that a monitor of Monitors belongs to.
func OwnersOf(monitor string) []string { return owners[monitor] }

// Comparison is monitors that belong side by side, by their names.
type Comparison struct {
	Name     string
	Monitors []string
}

// Comparisons are those of the demo: the first is what Compare opens with.
func Comparisons() []Comparison {
	return []Comparison{
		{"Kaffora and its rival", []string{"Kaffora", "Brightbean, the rival"}},
		{"Our brands", []string{"Kaffora Go, the app", "Kaffora Home", "Kaffora Beans"}},
	}
}

// Lists are the lists of the demo, which its rules use.
func Lists() []client.ListDraft {
	return []client.ListDraft{
		{Kind: "words", Name: "Rivals", Text: "brightbean\n"},
		{Kind: "words", Name: "Machines", Text: "ember one\nember mini\nkaffora home\n"},
		{Kind: "words", Name: "Delivery", Text: "delivery\ntracking page\nlieferung\ntoimitus\ndays late\n"},
		{Kind: "authors", Name: "Our people", Text: "kaffora.example\n"},
		{Kind: "sites", Name: "Traps", Text: "gift-claim.example\n"},
	}
}

// Rules are the rules of the demo that tag what arrives, in their order.
func Rules() []client.RuleDraft {
	return []client.RuleDraft{
		{Name: "Not from us", Query: `kaffora AND list:Traps`, Tags: []string{"fraud"}, Place: 10, Stop: true},
		{Name: "Where is my box", Query: `kaffora AND list:Delivery`, Tags: []string{"delivery"}, Place: 20},
		{Name: "To be answered", Query: `kaffora AND intent:question AND NOT list:"Our people"`, Tags: []string{"ask"}, Place: 30},
		{Name: "About a machine", Query: `list:Machines AND NOT list:"Our people"`, Tags: []string{"machine"}, Place: 40},
		{Name: "Beside the rival", Query: `kaffora AND list:Rivals`, Tags: []string{"rival"}, Place: 50},
	}
}
