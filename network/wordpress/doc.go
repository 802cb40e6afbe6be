// Package wordpress listens to the comments of a WordPress site, by its REST
// API, as a stranger or with an application password.
//
// The listing of the comments is read by network.Poll, which says what is
// guaranteed. A comment is known by the site's address and its number; what it
// stands under is its first post, by the short address that WordPress gives an
// article. A comment that was held back, marked as spam or thrown away is hidden,
// until it is approved; one that was deleted for good is a deletion; one that is
// approved late is new then. WordPress does not say
// when a comment was edited: it is seen by its text.
//
// The password goes to the site's own host only, and never in the clear.
// Guests have no id on a WordPress site: they are told apart by name and
// address of their page. Articles themselves come by the site's feed.
//
// Source: developer.wordpress.org/rest-api, and WP_REST_Comments_Controller of
// WordPress.
package wordpress
