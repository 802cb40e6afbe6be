package outbox

// SubscriptionHost is where messages to a browser go.
func SubscriptionHost(text string) (string, error) {
	s, err := readSubscription(text)
	return s.host, err
}
