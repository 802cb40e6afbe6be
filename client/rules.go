package client

import (
	"context"
	"net/http"
	"time"
)

// RuleDraft is a rule that tags what arrives.
type RuleDraft struct {
	Name    string   `json:"name" minLength:"1" maxLength:"200"`
	Query   string   `json:"query,omitempty" maxLength:"1100000" doc:"Which posts; empty: all of the monitor"`
	Monitor int64    `json:"monitor,omitempty" minimum:"0" doc:"Only what this monitor catches on arrival"`
	Tags    []string `json:"tags" minItems:"1" maxItems:"20" nullable:"false"`
	Place   int64    `json:"place,omitempty" minimum:"0" maximum:"1000000" doc:"Rules are asked in this order"`
	Stop    bool     `json:"stop,omitempty" doc:"No later rule is asked about a post that matches"`
	Paused  bool     `json:"paused,omitempty"`
}

// Rule tags what arrives.
type Rule struct {
	ID      int64 `json:"id"`
	Version int64 `json:"version" doc:"Rises with each change; a change names the version it saw"`
	RuleDraft
	Created time.Time `json:"created"`
	Changed time.Time `json:"changed"`
}

// TagRuleChange makes another rule of one. Version is the one the change was made on.
type TagRuleChange struct {
	Version int64 `json:"version" minimum:"1"`
	RuleDraft
}

// RuleList is rules in the order in which they are asked.
type RuleList struct {
	Rules []Rule `json:"rules" nullable:"false"`
}

// RuleTrial asks what a rule would do to what is stored.
type RuleTrial struct {
	RuleDraft
	From time.Time `json:"from,omitzero" doc:"Published at or after this moment"`
}

// RuleTried is the answer.
type RuleTried struct {
	Matches int64 `json:"matches" doc:"Posts that it selects"`
	Changes int64 `json:"changes" doc:"Of them, those that lack a tag of it"`
	Exact   bool  `json:"exact"`
	Posts   []Hit `json:"posts" nullable:"false" doc:"The newest that it would change, at most five"`
}

// RuleApplication says how far back a rule is to look.
type RuleApplication struct {
	From time.Time `json:"from,omitzero" doc:"Published at or after this moment; none: all that is stored"`
}

// Rules lists the rules in the order in which they are asked.
func (c *Client) Rules(ctx context.Context) ([]Rule, error) {
	var list RuleList
	err := c.call(ctx, http.MethodGet, "/rules", nil, &list)
	return list.Rules, err
}

// AddRule makes a rule; it looks at what arrives from now on.
func (c *Client) AddRule(ctx context.Context, d RuleDraft) (Rule, error) {
	var one Rule
	err := c.call(ctx, http.MethodPost, "/rules", d, &one)
	return one, err
}

// ChangeRule makes another rule of one.
func (c *Client) ChangeRule(ctx context.Context, id int64, change TagRuleChange) (Rule, error) {
	var one Rule
	err := c.call(ctx, http.MethodPut, path("/rules", id), change, &one)
	return one, err
}

// RemoveRule takes a rule away; what it tagged stays so.
func (c *Client) RemoveRule(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("/rules", id), nil, nil)
}

// TryRule says what a rule would do to what is stored, and does nothing.
func (c *Client) TryRule(ctx context.Context, r RuleTrial) (RuleTried, error) {
	var tried RuleTried
	err := c.call(ctx, http.MethodPost, "/rules/try", r, &tried)
	return tried, err
}

// ApplyRule has a rule look at what is stored, in the background.
func (c *Client) ApplyRule(ctx context.Context, id int64, r RuleApplication) (TagRun, error) {
	var run TagRun
	err := c.call(ctx, http.MethodPost, path("/rules", id)+"/apply", r, &run)
	return run, err
}
