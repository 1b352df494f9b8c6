"""Single sign-on by OpenID Connect: the provider says who somebody is and what they may."""
