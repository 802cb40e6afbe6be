package alert

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hearth/access"
)

// Runbook is a checklist to begin with.
type Runbook struct {
	Name  string
	Title string
	Steps []string
}

// runbooks are the templates, the standard one first.
func runbooks() []Runbook {
	return []Runbook{
		{"standard", "Anything", []string{
			"Read the sample posts and say in one sentence what it is about.",
			"Name an owner, and a deputy for the night.",
			"Hold scheduled publishing back if a post of ours would look out of place.",
			"Find out whether it is true, and who knows.",
			"Answer the first and the loudest: short, in public, once.",
			"Agree on the statement with whoever is responsible; publish it where it began.",
			"Look at the forecast again after an hour.",
			"Thank those who helped; close, and write down what was learned.",
		}},
		{"product", "A product is faulty", []string{
			"Collect model, batch and place from the posts and the service desk.",
			"Ask quality management whether use must be stopped.",
			"Tell the service desk and the shops what to say.",
			"Hold advertising for the product back.",
			"Publish what people should do now: stop using it, exchange it, wait.",
			"Answer everybody who asks about their own safety, in private.",
			"Report to the authorities where the law asks for it.",
			"Say when it is over, and what was changed.",
		}},
		{"outage", "A service is down", []string{
			"Confirm with operations what does not work, and since when.",
			"Put it on the status page, with the time of the next news.",
			"Answer with the link to the status page; do not promise a time.",
			"Repeat the news at the promised time, even if there is none.",
			"Say that it is over only when operations have seen it for half an hour.",
			"Offer what the terms promise.",
		}},
		{"words", "Something we said or did gives offence", []string{
			"Keep a copy of what was said, where and when.",
			"Hold all scheduled publishing back.",
			"Decide within the hour whether to take it down; say so, do not do it in silence.",
			"Write an apology that names what was wrong, without \"if\".",
			"Have somebody read it whom it is about.",
			"Answer personally those who were hurt.",
			"Write down how it came to be published.",
		}},
		{"data", "Data of people may have leaked", []string{
			"Call the data protection officer and security; the clock of 72 hours runs.",
			"Publish nothing that is not confirmed.",
			"Say what is known, what is not, and when there will be more.",
			"Tell people what to do: change the password, watch for false mails.",
			"Answer in private only; ask nobody for personal data in public.",
			"Inform the authority and the people affected.",
		}},
	}
}

// Runbooks gives the checklists to begin with.
func (i *Incidents) Runbooks(_ context.Context, by access.Actor) ([]Runbook, error) {
	if err := by.CheckSome(access.ReadAlerts); err != nil {
		return nil, err
	}
	return runbooks(), nil
}

// runbook is the steps of a template; "" is the standard one.
func runbook(name string) ([]string, bool) {
	for _, r := range runbooks() {
		if name == "" || r.Name == name {
			return r.Steps, true
		}
	}
	return nil, false
}

// draftStatement is where people begin to write.
func draftStatement(title string) string {
	return "We have seen what people write about [" + shorten(title, 80) + "]. We are looking into it: [what we know]. " +
		"What you can do now: [advice]. We will say more at [time] here: [link]."
}

// draftReport is what an after-action report begins with: the facts.
func draftReport(one *Incident) string {
	var b strings.Builder
	done := 0
	for _, s := range one.Runbook {
		if s.Done {
			done++
		}
	}
	fmt.Fprintf(&b, "%s\n\nBegan %s, opened after %s, closed after %s. Class at the end: %s. Steps done: %d of %d.\n",
		one.Title, one.Began.Format(time.RFC3339), one.Opened.Sub(one.Began).Round(time.Minute), one.Closed.Sub(one.Opened).Round(time.Minute),
		one.Class, done, len(one.Runbook))
	for _, s := range one.Runbook {
		if s.Done {
			fmt.Fprintf(&b, "- %s %s\n", s.At.Format("15:04"), s.Text)
		}
	}
	b.WriteString("\nWhat went well:\n\nWhat did not:\n\nWhat we change:\n")
	return b.String()
}
