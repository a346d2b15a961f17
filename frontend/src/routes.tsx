/**
 * All routes. The home page is in the first chunk; every other page has a chunk of its own.
 */
import { lazy, Suspense } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { DeploySkeleton } from "./pages/deploy/DeploySkeleton";
import { HomePage } from "./pages/home/HomePage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { Shell } from "./pages/Shell";

const DeployPage = lazy(async () => {
  const { DeployPage } = await import("./pages/deploy/DeployPage");
  return { default: DeployPage };
});

export function App() {
  return (
    <BrowserRouter>
      <Routes>
        <Route element={<Shell alone />}>
          <Route
            path="deploy"
            element={
              <Suspense fallback={<DeploySkeleton />}>
                <DeployPage />
              </Suspense>
            }
          />
        </Route>
        <Route element={<Shell />}>
          <Route index element={<HomePage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </BrowserRouter>
  );
}
