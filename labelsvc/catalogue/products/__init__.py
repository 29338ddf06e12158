"""Products: columns of a product with their words, ingredients, allergens and English."""
