/**
 * All routes. The start page is in the first chunk; every other page has a chunk of its own.
 */
import { lazy, type ReactNode, Suspense } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { hasDecks } from "./engine/useEngine";
import { DeploySkeleton } from "./pages/deploy/DeploySkeleton";
import { HomePage } from "./pages/home/HomePage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { Opening } from "./pages/Opening";
import { Shell } from "./pages/Shell";
import { SettingsPage } from "./pages/settings/SettingsPage";
import { FrontPage } from "./pages/start/FrontPage";

const DeployPage = lazy(async () => {
  const { DeployPage } = await import("./pages/deploy/DeployPage");
  return { default: DeployPage };
});
const EditorPage = lazy(async () => {
  const { EditorPage } = await import("./pages/editor/EditorPage");
  return { default: EditorPage };
});
const PresentPage = lazy(async () => {
  const { PresentPage } = await import("./pages/present/PresentPage");
  return { default: PresentPage };
});
const NotesPage = lazy(async () => {
  const { NotesPage } = await import("./pages/present/NotesPage");
  return { default: NotesPage };
});

const later = (page: ReactNode, meanwhile: ReactNode = <Opening />) => (
  <Suspense fallback={meanwhile}>{page}</Suspense>
);

export function App() {
  return (
    <BrowserRouter>
      <Routes>
        <Route element={<Shell alone />}>
          <Route path="deploy" element={later(<DeployPage />, <DeploySkeleton />)} />
        </Route>
        {hasDecks ? (
          <Route path="decks/:id">
            <Route index element={later(<EditorPage />)} />
            <Route path="present" element={later(<PresentPage />)} />
            <Route path="notes" element={later(<NotesPage />)} />
          </Route>
        ) : null}
        <Route element={<Shell />}>
          <Route index element={<FrontPage />} />
          <Route path="settings" element={hasDecks ? <SettingsPage /> : <HomePage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </BrowserRouter>
  );
}
