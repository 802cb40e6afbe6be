package demo

import "hearth"

// subject is what a post is about.
type subject uint8

const (
	chatter subject = iota
	praise
	complaint
	question
	idea
	purchase
	rival
	compare   // with a rival
	launch    // of the machine for the home
	delay     // of the bean subscription
	viral     // what people say to the small story that everybody shares
	smell     // the machine that has begun to smell
	calm      // after the brand has answered
	official  // the brand's answers to people
	statement // the brand on the machine
	press     // of the trade's paper
	tech
	spam
	campaign // the copied giveaway
	subjects
)

// Truth is what a post was meant to say, as only its inventor knows.
type Truth struct {
	Story     string // "" where it is part of none
	Sentiment hearth.Sentiment
	Intent    hearth.Intent // "" where it has none, or more than one can be argued
	Spam      bool
}

var truths = [subjects]Truth{
	chatter:   {},
	praise:    {Sentiment: hearth.Positive, Intent: hearth.Praise},
	complaint: {Sentiment: hearth.Negative, Intent: hearth.Complaint},
	question:  {Intent: hearth.Asking},
	idea:      {Intent: hearth.Suggestion},
	purchase:  {Intent: hearth.Purchase},
	compare:   {Story: "comparison"},
	launch:    {Story: "launch"},
	delay:     {Story: "delay", Sentiment: hearth.Negative, Intent: hearth.Complaint},
	viral:     {Story: "kindness", Sentiment: hearth.Positive, Intent: hearth.Praise},
	smell:     {Story: "smell", Sentiment: hearth.Negative, Intent: hearth.Complaint},
	calm:      {Story: "smell"},
	statement: {Story: "smell"},
	spam:      {Spam: true},
	campaign:  {Story: "giveaway", Spam: true},
}
