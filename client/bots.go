package client

import (
	"context"
	"net/http"
	"time"
)

// AutomationRequest names accounts.
type AutomationRequest struct {
	Accounts []SocialAccount `json:"accounts" minItems:"1" maxItems:"200"`
}

// SocialAccount is somebody on a network.
type SocialAccount struct {
	Network string `json:"network" minLength:"1" maxLength:"32"`
	Author  string `json:"author" minLength:"1" maxLength:"512" doc:"Id on the network, or @ and a handle"`
}

// Automation is how likely an account is automated.
type Automation struct {
	SocialAccount
	Label   string             `json:"label,omitempty" doc:"For people; missing where no post of it is kept"`
	Band    string             `json:"band" enum:"unknown,unlikely,possible,likely,declared"`
	Score   float64            `json:"score" doc:"Sum of the points of the reasons; likely is from 4, possible from 2.5"`
	Posts   int                `json:"posts" doc:"By how many it was judged"`
	Reasons []AutomationReason `json:"reasons" nullable:"false"`
	Judged  *time.Time         `json:"judged,omitempty" doc:"Missing: not yet"`
	Said    string             `json:"said,omitempty" enum:"human,automated" doc:"What a person said, which holds"`
	By      int64              `json:"by,omitempty" doc:"Who said it"`
	At      *time.Time         `json:"at,omitempty"`
}

// AutomationReason is why.
type AutomationReason struct {
	Kind   string  `json:"kind"`
	Points float64 `json:"points" doc:"Negative: it speaks against"`
	Words  string  `json:"words" doc:"The reason in English"`
	N      int     `json:"n"`
	Of     int     `json:"of,omitempty"`
}

// Automations says how likely some accounts are automated, in their order; at most 200.
func (c *Client) Automations(ctx context.Context, accounts []SocialAccount) ([]Automation, error) {
	var list []Automation
	err := c.call(ctx, http.MethodPost, "/accounts/automation", AutomationRequest{accounts}, &list)
	return list, err
}

// AutomationSaid is what a person says of an account.
type AutomationSaid struct {
	SocialAccount
	Says string `json:"says" maxLength:"20" doc:"human, automated, or empty to take back what was said"`
}

// SayAutomation says that somebody writes at an account ("human"), or a program
// ("automated"); "" takes back what was said.
func (c *Client) SayAutomation(ctx context.Context, account SocialAccount, says string) error {
	return c.call(ctx, http.MethodPost, "/accounts/automation/say", AutomationSaid{account, says}, nil)
}
